import { hasEnded, type DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { workflowIdFor } from '../../contract/names.ts'
import { codeOf, OcrError } from '../../platform/errors.ts'
import type { DocumentFacts } from './document-facts.ts'
import { engineQueueOf, type DocumentQueues } from './document-queues.ts'
import type { DocumentRun } from './document-run.ts'
import {
  manifestOf,
  notOlderThan,
  outcomeOf,
  statusOfEnded,
  statusOfRunning,
  withExactProgress,
} from './document-status.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { QueuePollers } from './queue-pollers.ts'
import { StatusCache } from './status-cache.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

/** Calls to Temporal, and reads of the store, that one batch has under way at once. */
const CONCURRENCY = 10
/** Documents of a batch that Temporal is asked for one by one, because they are not in its list. */
const MAX_LOOKS = 10
/** Between looks at listed documents of which only a look tells whether somebody works on them. */
const BUSY_LOOKS_EVERY_MS = 5_000

/** What statuses are read from. */
export type StatusSources = {
  readonly temporal: TemporalDocuments
  readonly facts: DocumentFacts
  readonly pollers: QueuePollers
  readonly queues: DocumentQueues
}

/** Statuses of documents: from the cache, from Temporal, and after its retention from the store. */
export class StatusReader {
  readonly #sources: StatusSources
  readonly #cache = new StatusCache((documentId, last) => this.#load(documentId, last))
  #busyLooks = 0
  #busyLooksSinceMs = 0
  readonly #exact = new StatusCache((documentId) => this.#loadExact(documentId))

  constructor(sources: StatusSources) {
    this.#sources = sources
  }

  /** See `DocumentGateway.status`. */
  get(documentId: DocumentId, isExact = false): Promise<DocumentStatus | null> {
    return isExact ? this.#exact.get(documentId) : this.#cache.get(documentId)
  }

  /** Asks Temporal now; fails when it does not answer. */
  reload(documentId: DocumentId): Promise<DocumentStatus | null> {
    return this.#cache.reload(documentId)
  }

  /** Makes the next caller look anew, after something was done to the document. */
  forget(documentId: DocumentId): void {
    this.#cache.forget(documentId)
    this.#exact.forget(documentId)
    this.#sources.facts.forget(documentId)
  }

  /** See `DocumentGateway.statuses`: one list for all that is not cached. */
  async getAll(ids: readonly DocumentId[]): Promise<Map<DocumentId, DocumentStatus | null>> {
    const unique = [...new Set(ids)]
    const stale = unique.filter((id) => this.#cache.fresh(id) === undefined)
    const isListed = stale.length > 1 && (await this.#refreshFromList(stale))
    let looksLeft = isListed ? MAX_LOOKS : Infinity
    const statuses = await mapConcurrently(unique, CONCURRENCY, async (id) => {
      const fresh = this.#cache.fresh(id)
      if (fresh !== undefined) return fresh
      const unlisted = isListed ? await this.#ofUnlisted(id) : undefined
      if (unlisted === null || (unlisted !== undefined && looksLeft <= 0)) return unlisted
      looksLeft -= 1
      return this.#cache.get(id)
    })
    return new Map(unique.map((id, position) => [id, statuses[position] ?? null]))
  }

  /** Turns listed runs into statuses and keeps them; documents that were deleted are left out. */
  async ofRuns(runs: readonly DocumentRun[]): Promise<DocumentStatus[]> {
    const newest = new Map<DocumentId, DocumentRun>()
    for (const run of runs) {
      const other = newest.get(run.documentId)
      if (other === undefined || other.startedAtMs < run.startedAtMs)
        newest.set(run.documentId, run)
    }
    // Of a run that went on as a new one, the new one is not in the list yet.
    const listed = [...newest.values()].filter((run) => run.state !== 'continued')
    const statuses = await mapConcurrently(listed, CONCURRENCY, (run) => this.#ofListed(run))
    return statuses.filter((status) => status !== null)
  }

  /** Whether the list could be had. */
  async #refreshFromList(ids: readonly DocumentId[]): Promise<boolean> {
    const names = ids.map((id) => `"${workflowIdFor(id)}"`).join(',')
    try {
      // A run that went on as a new one has several rows.
      const { runs } = await this.#sources.temporal.list(`WorkflowId IN (${names})`, 1000)
      await this.ofRuns(runs)
      return true
    } catch (error) {
      // One by one then: each has its last known status, or fails by itself.
      if (!(error instanceof OcrError)) throw error
      return false
    }
  }

  /** What is known of a document that Temporal did not list: too new, too old, or none. */
  async #ofUnlisted(documentId: DocumentId): Promise<DocumentStatus | null> {
    const { facts } = this.#sources
    const manifest = await facts.manifest(documentId)
    // The sweep tells nobody what it removes: what is remembered of a request proves nothing.
    if (manifest === null) facts.forget(documentId)
    const request = await facts.request(documentId)
    const isKnown = request !== null || manifest !== null
    if (!isKnown || (await facts.isDeleted(documentId))) {
      this.#cache.set(documentId, null)
      return null
    }
    const last = this.#cache.last(documentId)
    if (last !== null && !hasEnded(last.state)) return last
    if (manifest !== null) return statusOfEnded(request, manifest)
    if (request === null) return null
    return statusOfRunning(request, {
      documentId,
      state: 'running',
      isCancelRequested: false,
      pagesUnderWay: [],
      startedSteps: null,
      isStoreFull: false,
      progress: null,
      startedAtMs: Date.parse(request.createdAt),
      endedAtMs: null,
    })
  }

  async #ofListed(run: DocumentRun): Promise<DocumentStatus | null> {
    const last = this.#cache.last(run.documentId)
    const listed = await this.#ofRun(run, last)
    const status = listed === null ? null : notOlderThan(last, listed)
    this.#cache.set(run.documentId, status)
    return status
  }

  async #load(documentId: DocumentId, last: DocumentStatus | null): Promise<DocumentStatus | null> {
    const run = await this.#sources.temporal.describe(documentId)
    if (run !== null) return this.#ofRun(run, last)
    return this.#ofStore(documentId)
  }

  /** What the store knows of a document that has ended. */
  async #ofStore(documentId: DocumentId): Promise<DocumentStatus | null> {
    const { facts } = this.#sources
    const manifest = await facts.manifest(documentId)
    if (manifest === null || (await facts.isDeleted(documentId))) return null
    return statusOfEnded(await facts.request(documentId), manifest)
  }

  async #loadExact(documentId: DocumentId): Promise<DocumentStatus | null> {
    const status = await this.#cache.get(documentId)
    // With no worker to answer, a query would only wait for its deadline.
    if (status === null || hasEnded(status.state) || status.queuedReason === 'NO_WORKER')
      return status
    const answer = await this.#sources.temporal.progress(documentId)
    return answer === null ? status : withExactProgress(status, answer)
  }

  async #ofRun(run: DocumentRun, last: DocumentStatus | null): Promise<DocumentStatus | null> {
    const { facts } = this.#sources
    const [isDeleted, request] = await Promise.all([
      facts.isDeleted(run.documentId),
      facts.request(run.documentId),
    ])
    // Written before the start: a run without it is one whose document was swept or deleted.
    if (isDeleted || request === null) return null
    const outcome = outcomeOf(run.state)
    if (outcome === null) return this.#withQueuedReason(statusOfRunning(request, run), run, last)
    const stored = await facts.manifest(run.documentId)
    const manifest = manifestOf(request, { ...run, outcome }, stored)
    if (manifest !== stored) await facts.writeManifest(manifest).catch(throwUnlessFull)
    return statusOfEnded(request, manifest)
  }

  /** Asks for pollers only where nothing has moved since the last look. */
  async #withQueuedReason(
    status: DocumentStatus,
    run: DocumentRun,
    last: DocumentStatus | null,
  ): Promise<DocumentStatus> {
    if (run.isStoreFull) return { ...status, queuedReason: 'STORAGE_FULL' }
    const { donePages } = status.progress
    if (this.#isWorkedOn(status, run.startedSteps)) return status
    if (donePages > 0 && donePages !== last?.progress.donePages) return status
    const { pollers, queues } = this.#sources
    const answers = await Promise.all([
      pollers.hasPoller(queues.documents, 'workflow'),
      pollers.hasPoller(queues.cpu, 'activity'),
      pollers.hasPoller(engineQueueOf(status.engine, queues), 'activity'),
    ])
    if (!answers.includes(false)) return status
    if (run.startedSteps === null && (await this.#looksWorkedOn(status))) return status
    return { ...status, queuedReason: 'NO_WORKER' }
  }

  /** A worker whose slots are all taken polls no queue; what it is at tells of it. */
  #isWorkedOn({ engine }: DocumentStatus, steps: DocumentRun['startedSteps']): boolean {
    const { pollers, queues } = this.#sources
    for (const step of new Set(steps))
      pollers.noteBusy(step === 'page' ? engineQueueOf(engine, queues) : queues.cpu)
    return steps !== null && steps.length > 0
  }

  #mayLook(): boolean {
    if (Date.now() - this.#busyLooksSinceMs > BUSY_LOOKS_EVERY_MS) {
      this.#busyLooksSinceMs = Date.now()
      this.#busyLooks = 0
    }
    this.#busyLooks += 1
    return this.#busyLooks <= MAX_LOOKS
  }

  /** A look at what a list does not tell, for those whose pages may be under way. */
  async #looksWorkedOn(status: DocumentStatus): Promise<boolean> {
    if (status.progress.phase !== 'recognizing' || !this.#mayLook()) return false
    const run = await this.#sources.temporal.describe(status.documentId).catch(() => null)
    return this.#isWorkedOn(status, run?.startedSteps ?? null)
  }
}

/** A full store keeps nobody from looking; whoever looks when there is room writes it. */
function throwUnlessFull(error: unknown): void {
  if (codeOf(error) !== 'STORAGE_FULL') throw error
}
