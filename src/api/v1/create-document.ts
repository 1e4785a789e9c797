import { z } from 'zod'
import { ENGINES } from '../../contract/engines.ts'
import { OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../http/idempotency-key.ts'
import { receiveUpload } from '../uploads/receive-upload.ts'
import { noteDocument, originOf } from '../http/request-context.ts'
import { parsePart, RequestError } from '../http/request-error.ts'
import { route, type Route } from '../http/route.ts'
import { documentPath, toLinks } from './document-body.ts'
import { requireDocument } from './find-document.ts'
import { submittedSchema } from './schemas.ts'
import { uploadFields, withoutEmptyFields } from './upload-fields.ts'

/** `POST /v1/documents`: takes a file, starts its workflow, answers with where to look. */
export function createDocumentRoute(deps: AppDeps): Route {
  const { api } = deps.config
  return route({
    method: 'post',
    path: '/v1/documents',
    tag: 'v1',
    summary: 'Submit a document',
    description:
      'The file is recognized by its content: PDF, PNG, JPEG, TIFF, WebP, GIF or BMP. With an ' +
      '`Idempotency-Key`, the same request gives the same document.',
    multipart: uploadFields.extend({ file: z.file() }),
    responses: { 202: { description: 'Accepted', schema: submittedSchema } },
    failures: [
      'EMPTY_FILE',
      'FILE_TOO_LARGE',
      'UNSUPPORTED_FILE_TYPE',
      'REQUEST_TIMEOUT',
      'IDEMPOTENCY_KEY_REUSED',
      'DOCUMENT_NOT_FOUND',
    ],
    async handler({ request, response }) {
      const idempotencyKey = readIdempotencyKey(request)
      await using upload = await receiveUpload(request, response, {
        maxBytes: api.maxUploadBytes,
        temporaryDirectory: deps.temporaryDirectory,
      })
      if (upload === null) throw new RequestError('a file is needed in the form field "file"')
      if (upload.sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept upload: 0 bytes')
      if (upload.mediaType === null)
        throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: unknown content', {
          publicDetail: 'Accepted are PDF, PNG, JPEG, TIFF, WebP, GIF and BMP',
        })
      const fields = parsePart('body', uploadFields, withoutEmptyFields(upload.fields))
      const engine = fields.engine ?? api.defaultEngine
      const { documentId, replayed } = await deps.gateway.submit({
        upload,
        dialect: 'v1',
        owner: null,
        route: 'v1/documents',
        idempotencyKey,
        engine,
        languages: fields.languages ?? null,
        dpi: fields.dpi ?? ENGINES[engine].dpi,
        pages: fields.pages ?? null,
        password: fields.password ?? null,
        maxPages: api.maxPages,
        maxImageSidePx: null,
        textStyle: 'form-feed',
        deadlineMs: null,
      })
      noteDocument(response, documentId)
      const state = replayed
        ? requireDocument(await deps.gateway.status(documentId)).state
        : 'queued'
      setSubmitHeaders(response, { location: documentPath(documentId), isReplayed: replayed })
      const links = toLinks(documentId, originOf(request, api.publicUrl))
      return { status: 202, body: { id: documentId, status: state, links } }
    },
  })
}
