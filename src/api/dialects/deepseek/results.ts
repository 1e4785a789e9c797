import { create as contentDisposition } from 'content-disposition'
import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { IMMUTABLE, sendBlob } from '../../http/send-blob.ts'
import { fileNotFound } from './error-body.ts'
import { parseSavedResultName, SAVED_RESULT_TYPE } from './saved-results.ts'
import { errorSchema } from './schemas.ts'

/**
 * `GET /results/{filename}`: "Download Result". The name is the key of an object, never a part of a
 * path; whoever knows it may read the text, if he has
 * the same API key, where keys are needed.
 */
export function resultsRoute({ store, owner }: AppDeps): Route {
  return route({
    method: 'get',
    path: '/results/{filename}',
    tag: 'DeepSeek-OCR',
    summary: 'Download Result / 下载结果',
    params: z.object({ filename: z.string() }),
    responses: {
      200: { description: 'The text', contentType: 'text/plain', schema: z.string() },
      206: { description: 'A byte range of the text' },
      304: { description: 'Not changed since the ETag that was sent' },
      404: { description: 'File not found / 文件未找到', schema: errorSchema },
      416: { description: 'The range lies outside of the text' },
      500: { description: 'Server error', schema: errorSchema },
      503: { description: 'Service unavailable', schema: errorSchema },
    },
    async handler({ params: { filename }, request, response }) {
      const key = parseSavedResultName(filename, owner)
      if (key === null || (await store.head(key)) === null) {
        const { httpStatus, body } = fileNotFound(filename)
        return { status: httpStatus, body }
      }
      await sendBlob(request, response, {
        store,
        key,
        contentType: SAVED_RESULT_TYPE,
        contentDisposition: contentDisposition(filename),
        cacheControl: IMMUTABLE,
      })
      return null
    },
  })
}
