import { OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { documentPath } from './document-body.ts'
import { readDocumentId } from './find-document.ts'
import { cancelledSchema, documentParams } from './schemas.ts'

/** `POST /v1/documents/{id}/cancel`: asks the workflow to stop; finished pages stay readable. */
export function cancelDocumentRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/v1/documents/{id}/cancel',
    tag: 'v1',
    summary: 'Cancel a document',
    params: documentParams,
    responses: { 202: { description: 'Will be cancelled', schema: cancelledSchema } },
    failures: ['DOCUMENT_NOT_FOUND', 'DOCUMENT_FINISHED'],
    async handler({ params, response }) {
      const documentId = readDocumentId(params.id, response)
      const cancel = await deps.gateway.cancel(documentId)
      if (cancel === null)
        throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot cancel document: unknown id')
      if (!cancel.accepted)
        throw new OcrError('DOCUMENT_FINISHED', 'Cannot cancel document: it has ended', {
          publicDetail: `The document is ${cancel.status.state}`,
        })
      return {
        status: 202,
        body: { id: documentId, status: cancel.status.state },
        headers: { Location: documentPath(documentId) },
      }
    },
  })
}
