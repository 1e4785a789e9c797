import { OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { readDocumentId } from './find-document.ts'
import { documentParams } from './schemas.ts'

/** `DELETE /v1/documents/{id}`: cancels first, then deletes everything that is stored of it. */
export function deleteDocumentRoute(deps: AppDeps): Route {
  return route({
    method: 'delete',
    path: '/v1/documents/{id}',
    tag: 'v1',
    summary: 'Delete a document and its files',
    params: documentParams,
    responses: { 204: { description: 'Deleted' } },
    failures: ['DOCUMENT_NOT_FOUND'],
    async handler({ params, response }) {
      const documentId = readDocumentId(params.id, response)
      if (!(await deps.gateway.delete(documentId)))
        throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot delete document: unknown id')
      return { status: 204 }
    },
  })
}
