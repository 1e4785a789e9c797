import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { DocumentGateway } from '../../src/api/gateway/document-gateway.ts'
import type { DocumentWebhooks } from '../../src/api/gateway/document-webhooks.ts'
import type { StoredDocument } from '../../src/api/gateway/document-source.ts'
import type { Submission } from '../../src/api/gateway/submission.ts'
import {
  hasEnded,
  type DocumentState,
  type DocumentStatus,
} from '../../src/contract/document-status.ts'
import type { DocumentId } from '../../src/contract/identifiers.ts'
import type { PageRecord } from '../../src/contract/page.ts'
import { TASK_QUEUE } from '../../src/contract/names.ts'
import { pageImageKey } from '../../src/storage/object-keys.ts'
import { sampleDocumentId, sampleSha256 } from './document-status.ts'

/** A gateway in memory, with everything that a test may look at or change. */
export type FakeGateway = DocumentGateway & {
  readonly documents: Map<DocumentId, DocumentStatus>
  /** Page records by `<document id>/<page>`. */
  readonly pages: Map<string, PageRecord>
  readonly submissions: Submission[]
  /** What documents were made of; what is not here is unknown. */
  readonly storedDocuments: Map<DocumentId, StoredDocument>
  /** How webhooks stand; a document that is not here is unknown. */
  readonly documentWebhooks: Map<DocumentId, DocumentWebhooks>
  /** Documents whose receiver was told once more. */
  readonly redelivered: DocumentId[]
  readonly waitedMs: number[]
  readonly listQueries: Parameters<DocumentGateway['list']>[0][]
  /** Thrown by every method while it is set. */
  failure: Error | null
  /** Thrown by `requireRoom` while it is set. */
  roomFailure: Error | null
  /** The submitters of `requireRoom`. */
  readonly roomAskedFor: (string | null)[]
  isReplayed: boolean
  nextCursor: string | null
  readinessAnswer: Awaited<ReturnType<DocumentGateway['readiness']>>
}

/** Makes a gateway that knows the given documents; submits get the sample id. */
export function createFakeGateway(documents: readonly DocumentStatus[] = []): FakeGateway {
  const known = new Map(documents.map((status) => [status.documentId, status]))
  const failIfTold = (): void => {
    if (gateway.failure !== null) throw gateway.failure
  }
  const gateway: FakeGateway = {
    documents: known,
    pages: new Map(),
    submissions: [],
    storedDocuments: new Map(),
    documentWebhooks: new Map(),
    redelivered: [],
    waitedMs: [],
    listQueries: [],
    failure: null,
    roomFailure: null,
    roomAskedFor: [],
    isReplayed: false,
    nextCursor: null,
    readinessAnswer: {
      temporal: true,
      store: true,
      pollers: { [TASK_QUEUE.documents]: true, [TASK_QUEUE.cpu]: true },
    },
    async submit(submission) {
      failIfTold()
      const { source } = submission
      if (source.kind === 'upload' && source.upload.sizeBytes === 0)
        throw new Error('an empty upload got through')
      gateway.submissions.push(submission)
      return { documentId: sampleDocumentId(), replayed: gateway.isReplayed }
    },
    async requireRoom(submitter) {
      gateway.roomAskedFor.push(submitter)
      if (gateway.roomFailure !== null) throw gateway.roomFailure
    },
    async status(documentId) {
      failIfTold()
      return known.get(documentId) ?? null
    },
    async statuses(ids) {
      failIfTold()
      return new Map(ids.map((id) => [id, known.get(id) ?? null]))
    },
    async waitForEnd(documentId, waitMs, signal) {
      failIfTold()
      gateway.waitedMs.push(waitMs)
      const status = known.get(documentId) ?? null
      if (status !== null && !hasEnded(status.state) && !signal.aborted)
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), { once: true })
          setTimeout(resolve, waitMs).unref()
        })
      return status
    },
    async awaitEnd(documentId, signal) {
      failIfTold()
      while (known.has(documentId) && !hasEnded(known.get(documentId)?.state ?? 'failed'))
        await wait(10, undefined, { signal })
      return known.get(documentId) ?? null
    },
    async count({ owner }) {
      failIfTold()
      const number = (...states: readonly DocumentState[]): number =>
        [...known.values()].filter(
          (status) => states.includes(status.state) && isWanted(status, owner),
        ).length
      return {
        waiting: number('queued'),
        running: number('processing', 'cancelling'),
        completed: number('completed'),
        failed: number('failed'),
        cancelled: number('cancelled'),
      }
    },
    async pagesOf(owner) {
      failIfTold()
      return [...known.values()]
        .filter((status) => status.owner === owner)
        .reduce((pages, { progress }) => pages + Math.max(1, progress.totalPages), 0)
    },
    async cancel(documentId) {
      failIfTold()
      const status = known.get(documentId)
      if (status === undefined) return null
      if (hasEnded(status.state)) return { accepted: false, status }
      const cancelling: DocumentStatus = { ...status, state: 'cancelling' }
      known.set(documentId, cancelling)
      return { accepted: true, status: cancelling }
    },
    async list(query) {
      failIfTold()
      gateway.listQueries.push(query)
      const documents = [...known.values()].filter((status) => isWanted(status, query.owner))
      return { documents, nextCursor: gateway.nextCursor }
    },
    async delete(documentId) {
      failIfTold()
      return known.delete(documentId)
    },
    async pageRecord(documentId, page) {
      failIfTold()
      return gateway.pages.get(`${documentId}/${page}`) ?? null
    },
    async picture() {
      return null
    },
    async pageImage(documentId, page) {
      failIfTold()
      if (!gateway.pages.has(`${documentId}/${page}`)) return null
      const png = Buffer.from('89504e470d0a1a0a', 'hex')
      const sha256 = sampleSha256()
      return {
        info: {
          key: pageImageKey({ sha256, page, dpi: 200 }),
          sizeBytes: png.length,
          contentType: 'image/png',
          sha256: 'ef'.repeat(32),
          modifiedAt: '2024-03-07T10:00:30.000Z',
        },
        body: Readable.from([png]),
      }
    },
    async stored(documentId) {
      failIfTold()
      return gateway.storedDocuments.get(documentId) ?? null
    },
    async webhooks(documentId) {
      failIfTold()
      return gateway.documentWebhooks.get(documentId) ?? null
    },
    async redeliverWebhook(documentId) {
      failIfTold()
      gateway.redelivered.push(documentId)
    },
    async readiness() {
      return gateway.readinessAnswer
    },
  }
  return gateway
}

/** `undefined`: whoever owns it. */
function isWanted(status: DocumentStatus, owner: string | null | undefined): boolean {
  return owner === undefined || status.owner === owner
}
