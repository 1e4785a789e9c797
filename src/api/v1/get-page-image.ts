import { z } from 'zod'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { explainMissingPage, readDocumentId, readPageNumber } from './find-document.ts'
import { pageParams } from './schemas.ts'
import { sendPng } from '../http/send-png.ts'

/** `GET /v1/documents/{id}/pages/{n}/image`: the page as it was drawn for the engine. */
export function getPageImageRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/pages/{n}/image',
    tag: 'v1',
    isSinglePage: true,
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
      await sendPng(request, response, { blob: image, fileName: `${documentId}-${page}.png` })
      return null
    },
  })
}
