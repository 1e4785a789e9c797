import { toPageJson } from '../../contract/page-json.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { explainMissingPage, readDocumentId, readPageNumber } from './find-document.ts'
import { pageParams, pageSchema } from './schemas.ts'

/** `GET /v1/documents/{id}/pages/{n}`: a recognized page, as soon as it is done. */
export function getPageRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/pages/{n}',
    tag: 'v1',
    isSinglePage: true,
    summary: 'One recognized page',
    params: pageParams,
    responses: {
      200: { description: 'The page', schema: pageSchema },
      304: { description: 'Not changed since the ETag that was sent' },
    },
    failures: ['DOCUMENT_NOT_FOUND', 'PAGE_NOT_FOUND', 'RESULT_NOT_READY'],
    async handler({ params, response }) {
      const documentId = readDocumentId(params.id, response)
      const page = readPageNumber(params.n)
      const record = await deps.gateway.pageRecord(documentId, page)
      if (record === null)
        throw explainMissingPage(await deps.gateway.status(documentId, { exact: true }), page)
      return {
        status: 200,
        body: toPageJson(record),
        headers: { 'Cache-Control': 'private, no-cache' },
      }
    },
  })
}
