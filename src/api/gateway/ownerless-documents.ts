import type { DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import type { DocumentGateway } from './document-gateway.ts'

/** What routes work with that know no users: a document that belongs to one is unknown there. */
export function withoutUsers<Deps extends { readonly gateway: DocumentGateway }>(deps: Deps): Deps {
  return { ...deps, gateway: ownerlessDocuments(deps.gateway) }
}

function ownerlessDocuments(gateway: DocumentGateway): DocumentGateway {
  const isOpen = async (documentId: DocumentId): Promise<boolean> =>
    ownerless(await gateway.status(documentId)) !== null
  return {
    ...gateway,
    status: async (documentId, options) => ownerless(await gateway.status(documentId, options)),
    async statuses(ids) {
      const statuses = await gateway.statuses(ids)
      return new Map([...statuses].map(([id, status]) => [id, ownerless(status)]))
    },
    waitForEnd: async (documentId, waitMs, signal) =>
      (await isOpen(documentId)) ? gateway.waitForEnd(documentId, waitMs, signal) : null,
    awaitEnd: async (documentId, signal) => ownerless(await gateway.awaitEnd(documentId, signal)),
    cancel: async (documentId) => ((await isOpen(documentId)) ? gateway.cancel(documentId) : null),
    list: (query) => gateway.list({ ...query, owner: null }),
    count: (filter) => gateway.count({ ...filter, owner: null }),
    delete: async (documentId) => (await isOpen(documentId)) && gateway.delete(documentId),
    pageRecord: async (documentId, page) =>
      (await isOpen(documentId)) ? gateway.pageRecord(documentId, page) : null,
    stored: async (documentId) => ((await isOpen(documentId)) ? gateway.stored(documentId) : null),
    pageImage: async (documentId, page) =>
      (await isOpen(documentId)) ? gateway.pageImage(documentId, page) : null,
  }
}

function ownerless(status: DocumentStatus | null): DocumentStatus | null {
  return status?.owner === null ? status : null
}
