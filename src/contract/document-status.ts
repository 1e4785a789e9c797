import type { Dialect, Manifest } from './document.ts'
import type { EngineId } from './engines.ts'
import type { FailureCode } from './failures.ts'
import type { DocumentId } from './identifiers.ts'
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
export type QueuedReason = 'NO_WORKER'

/** Everything that the api knows of a document at one moment. All times are ISO 8601 in UTC. */
export type DocumentStatus = {
  readonly documentId: DocumentId
  readonly state: DocumentState
  readonly dialect: Dialect
  readonly engine: EngineId
  readonly fileName: string
  readonly owner: string | null
  readonly progress: Progress
  /** Complete once the document has ended; while it runs, as far as a worker can be asked. */
  readonly failedPages: readonly FailedPage[]
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
