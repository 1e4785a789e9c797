import { create as contentDisposition } from 'content-disposition'
import { z } from 'zod'
import { hasEnded } from '../../contract/document-status.ts'
import { OcrError } from '../../platform/errors.ts'
import { RESULT_FILE } from '../../storage/object-keys.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { IMMUTABLE, sendBlob } from '../http/send-blob.ts'
import { readDocumentId, requireDocument } from './find-document.ts'
import { documentParams, resultQuery } from './schemas.ts'

/**
 * `GET /v1/documents/{id}/result`: the file, shown inline (it is sent so that no browser runs it).
 * A cancelled document gives the pages that were finished.
 */
export function getResultRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/result',
    tag: 'v1',
    summary: 'Result of a document',
    description: 'In text, pages are separated by a form feed. Byte ranges are answered.',
    params: documentParams,
    query: resultQuery,
    responses: {
      200: {
        description: 'The file: text/plain, text/markdown or application/json, by `format`',
        contentType: 'text/plain',
        schema: z.string(),
      },
      206: { description: 'A byte range of the file' },
      304: { description: 'Not changed since the ETag that was sent' },
      416: { description: 'The range lies outside of the file' },
    },
    failures: ['DOCUMENT_NOT_FOUND', 'RESULT_NOT_READY', 'BLOB_MISSING'],
    async handler({ params, query, request, response }) {
      const documentId = readDocumentId(params.id, response)
      const status = requireDocument(await deps.gateway.status(documentId))
      if (!hasEnded(status.state))
        throw new OcrError('RESULT_NOT_READY', 'Cannot send result: the document has not ended')
      const key = status.manifest?.results?.[query.format]
      if (key === undefined)
        throw new OcrError('BLOB_MISSING', 'Cannot send result: there is none', {
          publicDetail: `The document ended as ${status.state} without any page`,
        })
      const { extension, contentType } = RESULT_FILE[query.format]
      const baseName = status.fileName.replace(/\.[A-Za-z0-9]{1,5}$/, '') || documentId
      await sendBlob(request, response, {
        store: deps.store,
        key,
        contentType,
        contentDisposition: contentDisposition(`${baseName}.${extension}`, { type: 'inline' }),
        cacheControl: IMMUTABLE,
      })
      return null
    },
  })
}
