import type { DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import type { DocumentGateway } from './document-gateway.ts'

/** What routes work with that ask for the documents of one owner. */
export type OwnedDeps = {
  readonly gateway: DocumentGateway
  /** Whose documents they are; `null`: those that nobody owns. */
  readonly owner: string | null
}

/** The same with the documents of its owner alone: all others are unknown there. */
export function withOwnDocuments<Deps extends OwnedDeps>(deps: Deps): Deps {
  return { ...deps, gateway: documentsOf(deps.gateway, deps.owner) }
}

/** A gateway to which the documents of everybody else are unknown. */
export function documentsOf(gateway: DocumentGateway, owner: string | null): DocumentGateway {
  const ownOrNull = (status: DocumentStatus | null): DocumentStatus | null =>
    status?.owner === owner ? status : null
  const isOwn = async (documentId: DocumentId): Promise<boolean> =>
    ownOrNull(await gateway.status(documentId)) !== null
  // Every method by its name: one that is new must not give away the documents of others.
  return {
    submit: (submission) => gateway.submit(submission),
    requireRoom: (submitter) => gateway.requireRoom(submitter),
    readiness: () => gateway.readiness(),
    pagesOf: (ofOwner) => gateway.pagesOf(ofOwner),
    // Of a record that was asked for here.
    picture: (record, place) => gateway.picture(record, place),
    status: async (documentId, options) => ownOrNull(await gateway.status(documentId, options)),
    async statuses(ids) {
      const statuses = await gateway.statuses(ids)
      return new Map([...statuses].map(([id, status]) => [id, ownOrNull(status)]))
    },
    waitForEnd: async (documentId, waitMs, signal) =>
      (await isOwn(documentId)) ? gateway.waitForEnd(documentId, waitMs, signal) : null,
    awaitEnd: async (documentId, signal) => ownOrNull(await gateway.awaitEnd(documentId, signal)),
    cancel: async (documentId) => ((await isOwn(documentId)) ? gateway.cancel(documentId) : null),
    list: (query) => gateway.list({ ...query, owner }),
    count: (filter) => gateway.count({ ...filter, owner }),
    delete: async (documentId) => (await isOwn(documentId)) && gateway.delete(documentId),
    pageRecord: async (documentId, page) =>
      (await isOwn(documentId)) ? gateway.pageRecord(documentId, page) : null,
    stored: async (documentId) => ((await isOwn(documentId)) ? gateway.stored(documentId) : null),
    pageImage: async (documentId, page) =>
      (await isOwn(documentId)) ? gateway.pageImage(documentId, page) : null,
    webhooks: async (documentId) =>
      (await isOwn(documentId)) ? gateway.webhooks(documentId) : null,
    async redeliverWebhook(documentId) {
      if (await isOwn(documentId)) await gateway.redeliverWebhook(documentId)
    },
  }
}
