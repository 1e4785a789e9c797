import type { Client } from '@temporalio/client'
import { hasEnded, type DocumentStatus } from '../../contract/document-status.ts'
import { ENGINE_IDS, type EngineId } from '../../contract/engines.ts'
import type { DocumentId, PageNumber } from '../../contract/identifiers.ts'
import type { PageRecord } from '../../contract/page.ts'
import { pause } from '../../platform/pause.ts'
import type { Blob, BlobStore } from '../../storage/blob-store.ts'
import { createAdmissionControl, type AdmissionSources } from '../limits/admission.ts'
import { createStorageUse } from '../limits/storage-use.ts'
import { cancelDocument, type CancelAnswer } from './cancel-document.ts'
import { deleteDocument } from './delete-document.ts'
import { DocumentFacts } from './document-facts.ts'
import { createDocumentPages } from './document-pages.ts'
import { DEPLOYED_QUEUES, engineQueueOf, type DocumentQueues } from './document-queues.ts'
import {
  findDocumentWebhooks,
  redeliverWebhook,
  type DocumentWebhooks,
} from './document-webhooks.ts'
import { findStoredDocument, type StoredDocument } from './document-source.ts'
import { createOwnerPages } from './owner-pages.ts'
import {
  countDocuments,
  listDocuments,
  type DocumentCounts,
  type DocumentFilter,
  type DocumentList,
  type ListQuery,
} from './list-documents.ts'
import { createQueuePollers } from './queue-pollers.ts'
import { StatusReader } from './read-status.ts'
import { createServiceLoad } from './service-load.ts'
import { submitDocument, type Submitted } from './submit-document.ts'
import type { Submission } from './submission.ts'
import { createTemporalWebhooks } from './temporal-webhooks.ts'
import { createTemporalDocuments } from './temporal-documents.ts'

const WATCH_INTERVAL_MS = 1000
const READINESS_DEADLINE_MS = 2000
const WEBHOOK_LIFE_MS = 24 * 60 * 60 * 1000
/** As long as it is known who polls. */
const PING_TTL_MS = 5000

const TAKE_ANYTHING: Pick<AdmissionSources, 'limits' | 'freeDiskBytes'> = {
  limits: {
    maxOpenDocuments: null,
    maxQueuedPages: null,
    minFreeDiskBytes: null,
    quotaBytes: null,
  },
  freeDiskBytes: async () => Number.POSITIVE_INFINITY,
}

/** What the gateway works with. */
export type GatewayOptions = {
  readonly client: Client
  readonly store: BlobStore
  /** Turns idempotency keys into ids and signs cursors; the same in every api process, and to stay. */
  readonly secret: string | Buffer
  /** Takes over pages that an engine behind a server cannot read; none by default. */
  readonly fallbackEngine?: EngineId | null
  /** What is taken; anything by default. */
  readonly admission?: Pick<AdmissionSources, 'limits' | 'freeDiskBytes'>
  /** Origin of the api as the world sees it, for the link beside a run; none by default. */
  readonly publicUrl?: string | null
  /** How long each webhook is tried; a day by default. */
  readonly webhookLifeMs?: number
  readonly defaults?: {
    /** Pages of one document under way at once. Default: the engine's. */
    readonly windowPages?: number
  }
  /** Default: those of contract/names.ts. */
  readonly queues?: DocumentQueues
}

/** Whether the parts that documents need can be reached. */
export type GatewayReadiness = {
  readonly temporal: boolean
  readonly store: boolean
  /** By queue: whether somebody works on it. */
  readonly pollers: Readonly<Record<string, boolean>>
}

/**
 * The api's one way to Temporal: everything that can be done with documents.
 *
 * Every method throws `SERVICE_UNAVAILABLE` when Temporal and `STORAGE_UNAVAILABLE` when the store does
 * not answer; an outage never looks like an unknown document.
 */
export type DocumentGateway = {
  /**
   * Stores an upload and starts its workflow; returns once Temporal has acknowledged it.
   *
   * @throws {OcrError} `UNSUPPORTED_FILE_TYPE`, `IDEMPOTENCY_KEY_REUSED`; `DOCUMENT_NOT_FOUND` when the
   *   key's document was deleted; `STORAGE_FULL`, `QUEUE_FULL`, `QUOTA_EXCEEDED`
   */
  submit(submission: Submission): Promise<Submitted>
  /**
   * Refuses what {@link submit} would refuse of anything that a submitter sends; `null`: of whoever
   * sends it. For before a body is read.
   *
   * @throws {OcrError} `STORAGE_FULL`, `QUEUE_FULL`, `QUOTA_EXCEEDED`
   */
  requireRoom(submitter: string | null): Promise<void>
  /**
   * Status of a document, at most a second old (an end: a minute); `null` for an unknown or deleted
   * one. With `exact`, counts and failed pages come from a worker, if one answers within 1.5 s.
   */
  status(
    documentId: DocumentId,
    options?: { readonly exact?: boolean },
  ): Promise<DocumentStatus | null>
  /** Statuses of up to 100 documents with one call to Temporal; in the order asked for. */
  statuses(ids: readonly DocumentId[]): Promise<Map<DocumentId, DocumentStatus | null>>
  /** Waits for the end of a document; answers its last status when the time is up or `signal` fires. */
  waitForEnd(
    documentId: DocumentId,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<DocumentStatus | null>
  /**
   * Waits until a document has ended and gives its last status; `null` for an unknown one. Learns of
   * the end at once, unlike {@link waitForEnd}, at the price of a call to Temporal that stays open.
   *
   * @throws the reason of `signal` when it fires
   */
  awaitEnd(documentId: DocumentId, signal: AbortSignal): Promise<DocumentStatus | null>
  /** Cancels a document; `null` for an unknown one. Takes up to 5 s when no worker is there. */
  cancel(documentId: DocumentId): Promise<CancelAnswer | null>
  /** Lists documents, the newest first. @throws {OcrError} `REQUEST_MALFORMED` for a wrong cursor */
  list(query: ListQuery): Promise<DocumentList>
  /** Counts documents as Temporal's visibility has them: a second or so late. */
  count(filter: DocumentFilter): Promise<DocumentCounts>
  /** Pages of an owner's documents, less those that failed or were cancelled; 30 s old at most. */
  pagesOf(owner: string): Promise<number>
  /** Cancels a document and removes what is stored of it; `false` for an unknown one. */
  delete(documentId: DocumentId): Promise<boolean>
  /** A page as soon as it is recognized; `null` before, and for pages that failed. */
  pageRecord(documentId: DocumentId, page: PageNumber): Promise<PageRecord | null>
  /** The image of a page (PNG) as soon as it is drawn; the caller consumes or destroys its body. */
  pageImage(documentId: DocumentId, page: PageNumber): Promise<Blob | null>
  /** The crop of a picture of a page, counted from 1; `null` when there is none. */
  picture(record: PageRecord, place: number): Promise<Blob | null>
  /** What a document was made of, to read it once more; `null` for an unknown one. */
  stored(documentId: DocumentId): Promise<StoredDocument | null>
  /** How the webhooks of a document stand; `null` for an unknown one. */
  webhooks(documentId: DocumentId): Promise<DocumentWebhooks | null>
  /**
   * Tells the receiver of a document once more how it ended.
   *
   * @throws {OcrError} `DOCUMENT_NOT_FOUND`, `NOT_FOUND`, `RESULT_NOT_READY`
   */
  redeliverWebhook(documentId: DocumentId): Promise<void>
  /** Whether documents can be taken, 5 s old at most; never throws. */
  readiness(): Promise<GatewayReadiness>
}

/** Makes the gateway. It connects to nothing before it is used. */
export function createDocumentGateway(options: GatewayOptions): DocumentGateway {
  const { client, store, secret, defaults, queues = DEPLOYED_QUEUES } = options
  const { fallbackEngine = null, publicUrl = null, webhookLifeMs = WEBHOOK_LIFE_MS } = options
  const webhooks = createTemporalWebhooks(client)
  const temporal = createTemporalDocuments(client)
  const facts = new DocumentFacts(store)
  const pollers = createQueuePollers(client)
  const statuses = new StatusReader({ temporal, facts, pollers, queues })
  const pages = createDocumentPages(store, facts, async (documentId) => {
    const status = await statuses.get(documentId)
    // The memo is a second late, and a worker may have told of pages already.
    return status?.progress.totalPages === 0 ? statuses.get(documentId, true) : status
  })
  const admission = createAdmissionControl({
    ...(options.admission ?? TAKE_ANYTHING),
    load: createServiceLoad(client, temporal),
    use: createStorageUse(temporal, store),
  })
  const windowPages = defaults?.windowPages ?? null
  let lastPing: { readonly isUp: Promise<boolean>; readonly atMs: number } | null = null
  // It writes: whoever may ask for readiness must not have that done as often as they ask.
  const isStoreUp = (): Promise<boolean> => {
    if (lastPing === null || Date.now() - lastPing.atMs > PING_TTL_MS)
      lastPing = { isUp: isTrue(store.ping()), atMs: Date.now() }
    return lastPing.isUp
  }

  return {
    async submit(submission) {
      const settings = { queues, windowPages, fallbackEngine, publicUrl, webhookLifeMs }
      const deps = { store, temporal, facts, secret, admission, ...settings }
      const submitted = await submitDocument(deps, submission)
      // Somebody may have asked for the id before it was started.
      if (!submitted.replayed) statuses.forget(submitted.documentId)
      return submitted
    },
    requireRoom: (submitter) => admission.requireRoom([queues.cpu], submitter),
    status: (documentId, { exact = false } = {}) => statuses.get(documentId, exact),
    statuses: (ids) => statuses.getAll(ids),
    async waitForEnd(documentId, waitMs, signal) {
      const giveUpAtMs = Date.now() + waitMs
      for (;;) {
        const status = await statuses.get(documentId)
        const leftMs = giveUpAtMs - Date.now()
        if (status === null || hasEnded(status.state) || leftMs <= 0) return status
        if (!(await pause(Math.min(leftMs, WATCH_INTERVAL_MS), signal))) return status
      }
    },
    async awaitEnd(documentId, signal) {
      await temporal.awaitEnd(documentId, signal)
      statuses.forget(documentId)
      return statuses.get(documentId)
    },
    cancel: (documentId) => cancelDocument({ temporal, statuses }, documentId),
    list: (query) => listDocuments({ temporal, statuses, secret }, query),
    count: (filter) => countDocuments({ temporal }, filter),
    pagesOf: createOwnerPages(temporal),
    delete: (documentId) =>
      deleteDocument({ store, temporal, facts, statuses, webhooks }, documentId),
    pageRecord: (documentId, page) => pages.record(documentId, page),
    pageImage: (documentId, page) => pages.image(documentId, page),
    async picture(record, place) {
      const key = record.pictures?.[place - 1]
      return key === undefined ? null : store.get(key)
    },
    webhooks: (documentId) => findDocumentWebhooks({ store, facts }, documentId),
    redeliverWebhook: (documentId) =>
      redeliverWebhook({ store, facts, statuses, webhooks, queues, webhookLifeMs }, documentId),
    stored: (documentId) => findStoredDocument({ store, facts }, documentId),
    async readiness() {
      const engineQueues = ENGINE_IDS.map((engine) => engineQueueOf(engine, queues))
      const activityQueues = [...new Set([queues.cpu, ...engineQueues])]
      const [isTemporalUp, isStoreWritable, hasWorkflows, ...hasActivities] = await Promise.all([
        isTrue(
          client.withDeadline(Date.now() + READINESS_DEADLINE_MS, () =>
            client.workflowService.describeNamespace({ namespace: client.options.namespace }),
          ),
        ),
        isStoreUp(),
        pollers.hasPoller(queues.documents, 'workflow'),
        ...activityQueues.map((queue) => pollers.hasPoller(queue, 'activity')),
      ])
      return {
        temporal: isTemporalUp,
        store: isStoreWritable,
        pollers: Object.fromEntries([
          [queues.documents, hasWorkflows === true],
          ...activityQueues.map((queue, position) => [queue, hasActivities[position] === true]),
        ]),
      }
    },
  }
}

function isTrue(work: Promise<unknown>): Promise<boolean> {
  return work.then(() => true).catch(() => false)
}
