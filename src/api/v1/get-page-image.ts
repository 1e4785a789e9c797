import { create as contentDisposition } from 'content-disposition'
import { z } from 'zod'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { pipeBody } from '../http/send-blob.ts'
import { explainMissingPage, readDocumentId, readPageNumber } from './find-document.ts'
import { pageParams } from './schemas.ts'

/** `GET /v1/documents/{id}/pages/{n}/image`: the page as it was drawn for the engine. */
export function getPageImageRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/pages/{n}/image',
    tag: 'v1',
    summary: 'Image of one page',
    description: 'The pixels that the boxes of the page’s blocks refer to.',
    params: pageParams,
    responses: {
      200: { description: 'PNG', contentType: 'image/png', schema: z.file() },
      304: { description: 'Not changed since the ETag that was sent' },
    },
    failures: ['DOCUMENT_NOT_FOUND', 'PAGE_NOT_FOUND', 'RESULT_NOT_READY'],
    async handler({ params, request, response }) {
      const documentId = readDocumentId(params.id, response)
      const page = readPageNumber(params.n)
      const image = await deps.gateway.pageImage(documentId, page)
      if (image === null)
        throw explainMissingPage(await deps.gateway.status(documentId, { exact: true }), page)
      const { sha256, sizeBytes } = image.info
      response.set({
        'Content-Type': 'image/png',
        // Not immutable: an engine may still turn the page upright.
        'Cache-Control': 'private, no-cache',
        'Content-Disposition': contentDisposition(`${documentId}-${page}.png`, { type: 'inline' }),
        ...(sha256 === null ? {} : { ETag: `"${sha256}"` }),
      })
      if (request.fresh || request.method === 'HEAD') {
        image.body.destroy()
        response.status(request.fresh ? 304 : 200).end()
        return null
      }
      response.set('Content-Length', String(sizeBytes))
      await pipeBody(image.body, response)
      return null
    },
  })
}
