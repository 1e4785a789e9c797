import type { AppDeps } from '../app-deps.ts'
import { closedSignal, originOf } from '../http/request-context.ts'
import { route, type Route } from '../http/route.ts'
import { toDocumentBody } from './document-body.ts'
import { readDocumentId, requireDocument } from './find-document.ts'
import { documentParams, documentSchema, statusQuery } from './schemas.ts'

/** `GET /v1/documents/{id}`: status, with a weak ETag; `wait` holds the answer until the end. */
export function getDocumentRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}',
    tag: 'v1',
    summary: 'Status of a document',
    params: documentParams,
    query: statusQuery,
    responses: {
      200: { description: 'Status', schema: documentSchema },
      304: { description: 'Not changed since the ETag that was sent' },
    },
    failures: ['DOCUMENT_NOT_FOUND'],
    async handler({ params, query, request, response }) {
      const documentId = readDocumentId(params.id, response)
      const waitMs = (query.wait ?? 0) * 1_000
      // A server that is about to stop answers what it knows; the client asks again.
      const signal = AbortSignal.any([closedSignal(response), deps.stopping])
      const status = requireDocument(
        waitMs > 0
          ? await deps.gateway.waitForEnd(documentId, waitMs, signal)
          : await deps.gateway.status(documentId),
      )
      // The memo counts failed pages; only a worker can name them while the document runs.
      const { progress, failedPages } = status
      const shown =
        progress.failedPages > failedPages.length
          ? requireDocument(await deps.gateway.status(documentId, { exact: true }))
          : status
      return {
        status: 200,
        body: toDocumentBody(shown, {
          origin: originOf(request, deps.config.api.publicUrl),
          temporalUi: deps.config.api.temporalUi,
        }),
        headers: { 'Cache-Control': 'private, no-cache' },
      }
    },
  })
}
