import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client'
import type { DocumentOutcome, Manifest } from '../../contract/document.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { MEMO, workflowIdFor } from '../../contract/names.ts'
import { INITIAL_PROGRESS, type Progress } from '../../contract/progress.ts'
import type { ReadDocumentEndInput, WebhookEvent } from '../../contract/webhooks.ts'

/** Asks Temporal for a run. */
export type DescribeRun = (
  workflowId: string,
) => Promise<Pick<WorkflowExecutionDescription, 'status' | 'memo' | 'closeTime'>>

/** What the end of a document is read from. */
export type EndSources = {
  readonly describe: DescribeRun
  /** Of documents that Temporal has forgotten. */
  readonly manifest: (documentId: DocumentId) => Promise<Manifest | null>
  /** Counted from 1. */
  readonly attempt: number
}

const MAX_PAUSE_MS = 10_000

/**
 * How a document has ended, as Temporal has it: only once the run is closed can no cancel come
 * between its end and what is told of it. What Temporal has forgotten is told as the store has it;
 * `null`: that has nothing either.
 *
 * @throws {ApplicationFailure} `RESULT_NOT_READY`, to be tried again, while it runs
 */
export async function readDocumentEnd(
  { documentId, giveUpAfterMs }: ReadDocumentEndInput,
  { describe, manifest: manifestOf, attempt }: EndSources,
): Promise<WebhookEvent | null> {
  const run = await describe(workflowIdFor(documentId)).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  })
  const giveUpAtMs = Date.now() + giveUpAfterMs
  if (run === null) {
    const manifest = await manifestOf(documentId)
    if (manifest === null) return null
    const { outcome, progress, endedAt } = manifest
    return { type: `document.${outcome}`, progress, atMs: Date.parse(endedAt), giveUpAtMs }
  }
  const outcome = OUTCOMES[run.status.name]
  if (outcome === undefined) throw notYet(attempt)
  // Written by our workflow only.
  const progress = (run.memo?.[MEMO.progress] as Progress | undefined) ?? INITIAL_PROGRESS
  const atMs = run.closeTime?.getTime() ?? Date.now()
  return { type: `document.${outcome}`, progress, atMs, giveUpAtMs }
}

const OUTCOMES: Readonly<Record<string, DocumentOutcome>> = {
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  TERMINATED: 'failed',
  TIMED_OUT: 'failed',
}

function notYet(attempt: number): ApplicationFailure {
  const type = 'RESULT_NOT_READY'
  const nextRetryDelay = Math.min(MAX_PAUSE_MS, 100 * 2 ** Math.min(attempt - 1, 10))
  return ApplicationFailure.create({ message: type, type, nextRetryDelay, category: 'BENIGN' })
}
