import { hasEnded, type DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { OcrError } from '../../platform/errors.ts'
import { LruMap } from './lru-map.ts'

/** A running document is looked at once a second, however many ask; an unknown id likewise. */
const RUNNING_TTL_MS = 1000
/** An end is final but for an operator's reset and a DELETE in another api process. */
const ENDED_TTL_MS = 60_000
const CAPACITY = 20_000

type Entry = { readonly status: DocumentStatus | null; readonly freshUntilMs: number }

/** Reads a status from where it is known; gets the last one that was read. */
export type LoadStatus = (
  documentId: DocumentId,
  last: DocumentStatus | null,
) => Promise<DocumentStatus | null>

/**
 * The statuses that this process has read lately, at most 20,000.
 *
 * However many ask for a document, it is loaded once at a time. When loading fails because Temporal
 * or the store is away, the last known status is the answer for another second; without one the
 * failure is, so that an outage never looks like an unknown document.
 */
export class StatusCache {
  readonly #load: LoadStatus
  readonly #entries = new LruMap<DocumentId, Entry>(CAPACITY)
  readonly #loading = new Map<DocumentId, Promise<DocumentStatus | null>>()

  constructor(load: LoadStatus) {
    this.#load = load
  }

  /** @throws {OcrError} `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE` without a last known status */
  async get(documentId: DocumentId): Promise<DocumentStatus | null> {
    const fresh = this.fresh(documentId)
    if (fresh !== undefined) return fresh
    try {
      return await this.reload(documentId)
    } catch (error) {
      const last = this.last(documentId)
      if (last === null || !(error instanceof OcrError) || error.kind !== 'busy') throw error
      this.set(documentId, last)
      return last
    }
  }

  /** Loads anew, or joins a load under way; a failure is not covered up by the last known status. */
  reload(documentId: DocumentId): Promise<DocumentStatus | null> {
    const running = this.#loading.get(documentId)
    if (running !== undefined) return running
    const loading = this.#load(documentId, this.last(documentId)).then((status) => {
      // Somebody said meanwhile that what is being read is out of date.
      if (this.#loading.get(documentId) === loading) this.set(documentId, status)
      return status
    })
    this.#loading.set(documentId, loading)
    return loading.finally(() => {
      if (this.#loading.get(documentId) === loading) this.#loading.delete(documentId)
    })
  }

  /** The status if it is known well enough; `null`: known to be unknown; `undefined`: ask. */
  fresh(documentId: DocumentId): DocumentStatus | null | undefined {
    const entry = this.#entries.get(documentId)
    return entry !== undefined && entry.freshUntilMs > Date.now() ? entry.status : undefined
  }

  /** The last known status, however old. */
  last(documentId: DocumentId): DocumentStatus | null {
    return this.#entries.get(documentId)?.status ?? null
  }

  /** Keeps a status that was read elsewhere. */
  set(documentId: DocumentId, status: DocumentStatus | null): void {
    const ttlMs = status !== null && hasEnded(status.state) ? ENDED_TTL_MS : RUNNING_TTL_MS
    this.#entries.set(documentId, { status, freshUntilMs: Date.now() + ttlMs })
  }

  /** Makes the next caller look anew, after something was done to the document. */
  forget(documentId: DocumentId): void {
    this.#entries.delete(documentId)
    this.#loading.delete(documentId)
  }
}
