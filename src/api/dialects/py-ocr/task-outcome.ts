import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { Manifest } from '../../../contract/document.ts'
import type { FailureCode } from '../../../contract/failures.ts'

/** A document as the task that the document of the dialect knows. */
export type TaskOutcome =
  | { readonly state: 'processing' | 'cancelled' }
  | {
      readonly state: 'completed'
      readonly completedAt: string
      readonly results: NonNullable<Manifest['results']>
    }
  | { readonly state: 'failed'; readonly code: FailureCode }

/**
 * Reads what came of a document so far. A completed one that has lost its results has failed: thrown,
 * it would take the tasks with it that were asked for in the same request.
 */
export function readOutcome({ state, manifest, failureCode }: DocumentStatus): TaskOutcome {
  switch (state) {
    case 'queued':
    case 'processing':
    case 'cancelling':
      return { state: 'processing' }
    case 'completed':
      if (!manifest?.results) return { state: 'failed', code: 'BLOB_MISSING' }
      return { state, completedAt: manifest.endedAt, results: manifest.results }
    case 'failed':
      return { state, code: failureCode ?? 'INTERNAL_SERVER_ERROR' }
    case 'cancelled':
      return { state }
  }
}
