import { setTimeout as wait } from 'node:timers/promises'
import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { FailureCode } from '../../../contract/failures.ts'
import { isAbortError, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { tooManyPagesText } from './failure-text.ts'
import type { AcceptedTask } from './accepted-task.ts'
import { withdrawTask } from './withdraw-task.ts'

const INTERVAL_MS = 250

/** What is wrong with a PDF itself: told at once, where it is known in time. */
const REFUSED: readonly (FailureCode | null)[] = [
  'CORRUPT_PDF',
  'ENCRYPTED_PDF',
  'EMPTY_DOCUMENT',
  'TOO_MANY_PAGES',
]

/**
 * Waits until the PDF of a task was opened; `null` when the time is up, the client has left, or
 * nobody can say.
 *
 * @param signal Fires when the client has left
 */
export async function awaitInspection(
  { gateway, config }: Pick<AppDeps, 'gateway' | 'config'>,
  { documentId }: AcceptedTask,
  signal: AbortSignal,
): Promise<DocumentStatus | null> {
  const giveUpAtMs = Date.now() + config.api.qianxia.inspectionWaitMs
  try {
    for (;;) {
      const status = await gateway.status(documentId, { exact: true })
      if (status !== null && (status.progress.totalPages > 0 || hasEnded(status.state)))
        return status
      if (Date.now() + INTERVAL_MS > giveUpAtMs) return null
      await wait(INTERVAL_MS, undefined, { signal })
    }
  } catch (error) {
    // The task was accepted: that a look at it fails does not take that back.
    if (isAbortError(error) || error instanceof OcrError) return null
    throw error
  }
}

/**
 * Counts the pages of a PDF that was waited for, and gives their number; `null`: it is not known yet.
 * A PDF that is damaged, too long, or more than the caller has pages for is refused and withdrawn.
 * Pages count in the order of the calls, also when one does not wait for another.
 *
 * @param inspected What {@link awaitInspection} gave
 * @throws {OcrError} `CORRUPT_PDF`, `ENCRYPTED_PDF`, `EMPTY_DOCUMENT`, `TOO_MANY_PAGES`,
 *   `QUOTA_EXCEEDED`
 */
export async function acceptInspected(
  deps: AppDeps,
  task: AcceptedTask,
  inspected: DocumentStatus | null,
): Promise<number | null> {
  if (inspected === null) return null
  try {
    countPages(deps, task, inspected)
  } catch (error) {
    await withdrawTask(deps, task)
    throw error
  }
  const { totalPages } = inspected.progress
  return totalPages === 0 ? null : totalPages
}

/** Puts all pages of a new task in the place of its first, which its submit has counted. */
function countPages(
  { config }: AppDeps,
  { allowance, isReplayed }: AcceptedTask,
  { state, failureCode, progress }: DocumentStatus,
): void {
  if (!isReplayed) allowance.giveBack(1)
  if (state === 'failed' && failureCode !== null && REFUSED.includes(failureCode))
    throw refused(failureCode, config.api.qianxia.maxPdfPages)
  // What has failed uses no pages; those of a task that was accepted before are used already.
  if (!isReplayed && state !== 'failed' && state !== 'cancelled')
    allowance.take(Math.max(1, progress.totalPages))
}

function refused(code: FailureCode, maxPages: number): OcrError {
  const publicDetail = code === 'TOO_MANY_PAGES' ? { publicDetail: tooManyPagesText(maxPages) } : {}
  return new OcrError(code, 'Cannot accept upload: its inspection has failed', publicDetail)
}
