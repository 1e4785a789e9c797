import type { AppDeps } from '../app-deps.ts'
import { originOf } from '../http/request-context.ts'
import { route, type Route } from '../http/route.ts'
import { toDocumentBody } from './document-body.ts'
import { documentListSchema, listQuery } from './schemas.ts'

const DEFAULT_LIMIT = 20

/** `GET /v1/documents`: the newest first, as far as Temporal keeps them. */
export function listDocumentsRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents',
    tag: 'v1',
    summary: 'List documents: running ones first, then by their end, latest first',
    query: listQuery,
    responses: { 200: { description: 'One page of the list', schema: documentListSchema } },
    failures: [],
    async handler({ query, request, response }) {
      const limit = query.limit ?? DEFAULT_LIMIT
      const { documents, nextCursor } = await deps.gateway.list({
        limit,
        cursor: query.cursor ?? null,
        ...(query.status === undefined ? {} : { state: query.status }),
      })
      const { publicUrl, temporalUi } = deps.config.api
      const origin = originOf(request, publicUrl)
      if (nextCursor !== null) {
        const next = new URLSearchParams({ limit: String(limit), cursor: nextCursor })
        if (query.status !== undefined) next.set('status', query.status)
        response.set('Link', `<${origin}/v1/documents?${next.toString()}>; rel="next"`)
      }
      return {
        status: 200,
        body: {
          documents: documents.map((status) => toDocumentBody(status, { origin, temporalUi })),
          next_cursor: nextCursor,
        },
        headers: { 'Cache-Control': 'private, no-cache' },
      }
    },
  })
}
