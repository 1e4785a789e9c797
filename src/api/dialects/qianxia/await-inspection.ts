import { setTimeout as wait } from 'node:timers/promises'
import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { FailureCode } from '../../../contract/failures.ts'
import { codeOf, isAbortError, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { tooManyPagesText } from './failure-text.ts'
import { requirePages } from './quota.ts'
import type { Caller } from './session.ts'
import type { AcceptedTask } from './submit-task.ts'

/** How long a submit waits for its PDF to be opened: guide of the dialect. */
const INSPECTION_MS = 10_000
const INTERVAL_MS = 250

/** What is wrong with a PDF itself: told at once, where it is known in time. */
const REFUSED: readonly (FailureCode | null)[] = [
  'CORRUPT_PDF',
  'ENCRYPTED_PDF',
  'EMPTY_DOCUMENT',
  'TOO_MANY_PAGES',
]

/** A task whose PDF is being opened. */
export type Inspected = AcceptedTask & {
  readonly caller: Caller
  /** Fires when the client has left. */
  readonly signal: AbortSignal
  /** Pages that were accepted with the same request before. */
  readonly otherPages?: number
}

/**
 * Waits up to 10 s until the PDF of a new task was opened; gives its pages, or `null` when it takes
 * longer. A PDF that is damaged, too long, or more than the caller has pages for is refused, and its
 * task is no more.
 *
 * @throws {OcrError} `CORRUPT_PDF`, `ENCRYPTED_PDF`, `EMPTY_DOCUMENT`, `TOO_MANY_PAGES`,
 *   `QUOTA_EXCEEDED`
 */
export async function awaitInspection(deps: AppDeps, task: Inspected): Promise<number | null> {
  const status = await untilOpened(deps, task)
  if (status === null) return null
  const { failureCode, progress } = status
  const pages = progress.totalPages
  try {
    if (status.state === 'failed' && failureCode !== null && REFUSED.includes(failureCode))
      throw refused(failureCode, deps.config.api.qianxia.maxPdfPages)
    if (pages > 1) await requirePages(deps, task.caller, pages + (task.otherPages ?? 0))
  } catch (error) {
    const isRefused = REFUSED.includes(codeOf(error)) || codeOf(error) === 'QUOTA_EXCEEDED'
    if (isRefused) await discard(deps, task)
    throw error
  }
  return pages === 0 ? null : pages
}

/** `null` when the time is up, the client has left, or nobody can say. */
async function untilOpened(
  deps: AppDeps,
  { documentId, signal }: Inspected,
): Promise<DocumentStatus | null> {
  const giveUpAtMs = Date.now() + INSPECTION_MS
  try {
    for (;;) {
      const status = await deps.gateway.status(documentId, { exact: true })
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

async function discard(deps: AppDeps, { documentId, isReplayed }: Inspected): Promise<void> {
  // Of a task that was there before, the client has the id.
  if (!isReplayed) await deps.gateway.delete(documentId)
}

function refused(code: FailureCode, maxPages: number): OcrError {
  const publicDetail = code === 'TOO_MANY_PAGES' ? { publicDetail: tooManyPagesText(maxPages) } : {}
  return new OcrError(code, 'Cannot accept upload: its inspection has failed', publicDetail)
}
