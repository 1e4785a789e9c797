import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { parsePart, RequestError } from '../../http/request-error.ts'
import { route, type Route } from '../../http/route.ts'
import { MAX_IMAGE_BYTES } from '../../synchronous/limits.ts'
import { receiveUpload } from '../../uploads/receive-upload.ts'
import { ocrFields } from './ocr-fields.ts'
import { OCR_RESPONSES, runOcr } from './run-ocr.ts'

/** `POST /ocr`: "OCR from File". */
export function ocrRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/ocr',
    tag: 'DeepSeek-OCR',
    isSubmit: true,
    summary: 'OCR from File / 文件 OCR',
    multipart: ocrFields.extend({
      image: z.file().meta({ description: 'Image file / 图片文件 (PNG, JPG 等)' }),
    }),
    responses: OCR_RESPONSES,
    async handler({ request, response }) {
      const receive = async () => {
        await using received = new AsyncDisposableStack()
        const upload = received.adopt(
          await receiveUpload(request, response, {
            maxBytes: MAX_IMAGE_BYTES,
            temporaryDirectory: deps.temporaryDirectory,
            fieldName: 'image',
          }),
          (file) => file?.[Symbol.asyncDispose](),
        )
        if (upload === null) throw new RequestError('an image is needed in the form field "image"')
        const fields = parsePart('body', ocrFields, readForm(upload.fields))
        const kept = received.move()
        return { upload, fields, [Symbol.asyncDispose]: () => kept.disposeAsync() }
      }
      return runOcr({ deps, name: 'ocr', receive }, request, response)
    },
  })
}

/** A form sends every field that it shows, and a browser writes every newline in it as CRLF. */
function readForm(fields: Readonly<Record<string, string>>): Record<string, string> {
  const filled = Object.entries(fields).filter(([, text]) => text !== '')
  return Object.fromEntries(filled.map(([name, text]) => [name, text.replaceAll('\r\n', '\n')]))
}
