import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { OcrError } from '../../../platform/errors.ts'
import { blobKey, UPLOAD_LIFE_MS, uploadReferenceKey } from '../../../storage/object-keys.ts'
import { signFileUrl } from '../../../storage/signed-url.ts'
import { storeBlob } from '../../../storage/store-blob.ts'
import type { AppDeps } from '../../app-deps.ts'
import { closedSignal, originOf } from '../../http/request-context.ts'
import { RequestError } from '../../http/request-error.ts'
import { route, type Route } from '../../http/route.ts'
import { receiveUpload } from '../../uploads/receive-upload.ts'
import { requestIdsOf } from './error-body.ts'
import { errorSchema, uploadedSchema } from './schemas.ts'
import { successCode } from './success-code.ts'

/**
 * `POST /upload`, an extension of ours: the document says "获取文件上传地址,请参考" and stops there. The
 * answer is a `file_url` for a submit.
 */
export function uploadRoute(deps: AppDeps): Route {
  const { api } = deps.config
  return route({
    method: 'post',
    path: '/upload',
    tag: 'SCNet',
    summary: 'Upload of a file, for a `file_url`; no part of the document',
    multipart: z.object({ file: z.file() }),
    isSubmit: true,
    responses: {
      200: { description: 'Stored for 24 hours', schema: uploadedSchema },
      400: { description: 'InvalidParameter, modal_type_not_supported', schema: errorSchema },
      401: { description: 'unauthorized', schema: errorSchema },
      408: { description: 'InvalidParameter, REQUEST_TIMEOUT', schema: errorSchema },
      500: { description: 'SystemError', schema: errorSchema },
    },
    async handler({ request, response }) {
      await using upload = await receiveUpload(request, response, {
        maxBytes: api.maxUploadBytes,
        temporaryDirectory: deps.temporaryDirectory,
      })
      if (upload === null) throw new RequestError('a file is needed in the form field "file"')
      if (upload.sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept upload: 0 bytes')
      const { sha256, mediaType, path, fileName } = upload
      if (mediaType === null)
        throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: its type is unknown')
      const reference = uploadReferenceKey(sha256, randomUUID())
      const signal = closedSignal(response)
      await storeBlob(deps.store, { sha256, mediaType, path }, { reference, signal })
      // Of the api, whatever the store: a submit knows its own URLs, and fetches others.
      const fileUrl = signFileUrl(deps.signingSecret.reveal(), blobKey(sha256), {
        ttlSeconds: UPLOAD_LIFE_MS / 1_000,
        fileName,
        origin: originOf(request, api.publicUrl),
      })
      return {
        status: 200,
        body: {
          code: successCode(api.scnet),
          msg: '',
          data: { file_url: fileUrl },
          ...requestIdsOf(response),
        },
      }
    },
  })
}
