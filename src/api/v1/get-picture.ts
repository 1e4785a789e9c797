import { z } from 'zod'
import { parsePicturePath } from '../../contract/page-json.ts'
import { OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { explainMissingPage, readDocumentId, readPageNumber } from './find-document.ts'
import { documentParams } from './schemas.ts'
import { sendPng } from '../http/send-png.ts'

const pictureParams = documentParams.extend({
  name: z.string().meta({ description: '`<page>_<place>.png`, both from 1', example: '3_1.png' }),
})

/** What is no name of a picture names page 0, which no document has. */
const NO_PICTURE = { page: 0, place: 0 } as const

/** `GET /v1/documents/{id}/images/{name}`: a picture of a page, as Markdown and JSON link to it. */
export function getPictureRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/images/{name}',
    tag: 'v1',
    isSinglePage: true,
    summary: 'A picture cut out of a page',
    description: 'Engines that find pictures have them linked in Markdown and JSON.',
    params: pictureParams,
    responses: {
      200: { description: 'PNG', contentType: 'image/png', schema: z.file() },
      304: { description: 'Not changed since the ETag that was sent' },
    },
    failures: ['DOCUMENT_NOT_FOUND', 'PAGE_NOT_FOUND', 'RESULT_NOT_READY'],
    async handler({ params, request, response }) {
      const documentId = readDocumentId(params.id, response)
      const { page: namedPage, place } = parsePicturePath(`images/${params.name}`) ?? NO_PICTURE
      const page = readPageNumber(String(namedPage))
      const record = await deps.gateway.pageRecord(documentId, page)
      if (record === null)
        throw explainMissingPage(await deps.gateway.status(documentId, { exact: true }), page)
      const blob = await deps.gateway.picture(record, place)
      if (blob === null)
        throw new OcrError('PAGE_NOT_FOUND', 'Cannot show picture: the page has no such picture', {
          publicDetail: `Page ${page} has no picture ${place}`,
        })
      await sendPng(request, response, { blob, fileName: `${documentId}-${params.name}` })
      return null
    },
  })
}
