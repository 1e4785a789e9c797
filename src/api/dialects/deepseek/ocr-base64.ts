import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { parsePart, RequestError } from '../../http/request-error.ts'
import { route, type Route } from '../../http/route.ts'
import { MAX_IMAGE_BODY_BYTES, MAX_IMAGE_BYTES } from '../../synchronous/limits.ts'
import { decodeBase64 } from '../../uploads/decode-base64.ts'
import type { Upload } from '../../uploads/receive-upload.ts'
import { storeUpload } from '../../uploads/store-upload.ts'
import { withJsonBody } from '../../uploads/with-json-body.ts'
import { base64Fields } from './ocr-fields.ts'
import { OCR_RESPONSES, runOcr } from './run-ocr.ts'

/** `POST /ocr-base64`: "OCR from Base64". */
export function ocrBase64Route(deps: AppDeps): Route {
  const { temporaryDirectory } = deps
  const receives = route({
    method: 'post',
    path: '/ocr-base64',
    tag: 'DeepSeek-OCR',
    isSubmit: true,
    summary: 'OCR from Base64 / Base64 OCR',
    responses: OCR_RESPONSES,
    async handler({ request, response }) {
      const receive = () =>
        withJsonBody(
          { req: request, res: response },
          { maxBytes: MAX_IMAGE_BODY_BYTES, temporaryDirectory },
          async (body) => {
            const { image_base64: image, ...fields } = parsePart('body', base64Fields, body)
            const upload = await decode(image, temporaryDirectory)
            return { upload, fields, [Symbol.asyncDispose]: () => upload[Symbol.asyncDispose]() }
          },
        )
      return runOcr({ deps, name: 'ocr-base64', receive }, request, response)
    },
  })
  // Documented, but read by the handler: not before the model is known to be there.
  return { ...receives, body: base64Fields }
}

async function decode(text: string, temporaryDirectory: string): Promise<Upload> {
  const base64 = text.slice(text.indexOf(',') + 1)
  try {
    return await storeUpload(decodeBase64(base64), {
      maxBytes: MAX_IMAGE_BYTES,
      temporaryDirectory,
      fileName: 'image',
    })
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    // The document has a text for it, and that is the one of an image that is none.
    throw new OcrError('CORRUPT_IMAGE', 'Cannot decode the image', {
      cause: error,
      publicDetail: error.publicDetail ?? '',
    })
  }
}
