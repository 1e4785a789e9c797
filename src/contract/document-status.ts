import type { Dialect, Manifest, MediaType } from './document.ts'
import type { EngineId } from './engines.ts'
import type { FailureCode } from './failures.ts'
import type { DocumentId, PageNumber } from './identifiers.ts'
import type { PageRange } from './page-ranges.ts'
import type { FailedPage } from './page.ts'
import type { Progress } from './progress.ts'

/** State of a document as clients see it. */
export const DOCUMENT_STATES = [
  'queued',
  'processing',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
] as const

/** One of {@link DOCUMENT_STATES}. */
export type DocumentState = (typeof DOCUMENT_STATES)[number]

/** Why a document waits; not a failure. */
export type QueuedReason = 'NO_WORKER' | 'STORAGE_FULL'

/** A page that is being recognized. */
export type PageUnderWay = {
  readonly page: PageNumber
  /** From 1. */
  readonly attempt: number
  /** Why the attempt before failed; `null` at the first. */
  readonly lastFailure: FailureCode | null
}

/** Everything that the api knows of a document at one moment. All times are ISO 8601 in UTC. */
export type DocumentStatus = {
  readonly documentId: DocumentId
  readonly state: DocumentState
  readonly dialect: Dialect
  readonly engine: EngineId
  readonly fileName: string
  readonly owner: string | null
  /** `null`, like the size, until a remote file was fetched. */
  readonly mediaType: MediaType | null
  readonly sizeBytes: number | null
  /** The selection that was asked for; `null`: all pages. */
  readonly pages: readonly PageRange[] | null
  readonly progress: Progress
  /** Complete once the document has ended; while it runs, as far as a worker can be asked. */
  readonly failedPages: readonly FailedPage[]
  /** `PAGE_MARK` per selected page; `null` while it runs and no worker was asked or could answer. */
  readonly marks: string | null
  /** While it runs, as far as Temporal was asked for this document alone. */
  readonly pagesUnderWay: readonly PageUnderWay[]
  readonly failureCode: FailureCode | null
  readonly queuedReason: QueuedReason | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** Once the document has ended. */
  readonly manifest: Manifest | null
}

/** Tells whether a state is final. */
export function hasEnded(state: DocumentState): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled'
}
