import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client'
import type { DocumentOutcome } from '../../contract/document.ts'
import { MEMO, workflowIdFor } from '../../contract/names.ts'
import { INITIAL_PROGRESS, type Progress } from '../../contract/progress.ts'
import type { ReadDocumentEndInput, WebhookEvent } from '../../contract/webhooks.ts'

/** Asks Temporal for a run. */
export type DescribeRun = (
  workflowId: string,
) => Promise<Pick<WorkflowExecutionDescription, 'status' | 'memo' | 'closeTime'>>

const MAX_PAUSE_MS = 10_000

/**
 * How a document has ended, as Temporal has it: only once the run is closed can no cancel come
 * between its end and what is told of it. `null`: there is no such run any more.
 *
 * @throws {ApplicationFailure} `RESULT_NOT_READY`, to be tried again, while it runs
 */
export async function readDocumentEnd(
  { documentId, giveUpAfterMs }: ReadDocumentEndInput,
  { describe, attempt }: { readonly describe: DescribeRun; readonly attempt: number },
): Promise<WebhookEvent | null> {
  const run = await describe(workflowIdFor(documentId)).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  })
  if (run === null) return null
  const outcome = OUTCOMES[run.status.name]
  if (outcome === undefined) throw notYet(attempt)
  // Written by our workflow only.
  const progress = (run.memo?.[MEMO.progress] as Progress | undefined) ?? INITIAL_PROGRESS
  const atMs = run.closeTime?.getTime() ?? Date.now()
  const giveUpAtMs = Date.now() + giveUpAfterMs
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
