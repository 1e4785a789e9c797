import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow'
import type { PageSpending } from '../contract/document.ts'
import { isFailureCode, type FailureCode } from '../contract/failures.ts'

/** Reads our code back from what an activity or this workflow threw. */
export function failureCodeOf(error: unknown): FailureCode {
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof TimeoutFailure) return 'PAGE_TIMEOUT'
  if (cause instanceof ApplicationFailure && isFailureCode(cause.type)) return cause.type
  return 'INTERNAL_SERVER_ERROR'
}

/** What a failed step of a page cost; nothing where it does not say so. */
export function spendingOf(error: unknown): PageSpending {
  const cause = error instanceof ActivityFailure ? error.cause : error
  // Written by `withinBudget`, the only one who throws such failures.
  const details = cause instanceof ApplicationFailure ? (cause.details?.[0] as unknown) : undefined
  return isSpending(details) ? details : NOTHING_SPENT
}

/** The start of a page's account. */
export const NOTHING_SPENT: PageSpending = {
  engineDeaths: 0,
  promptTokens: 0,
  completionTokens: 0,
}

function isSpending(details: unknown): details is PageSpending {
  return typeof details === 'object' && details !== null && 'engineDeaths' in details
}

/** A failure of the run itself, with one of our codes. */
export function runFailure(code: FailureCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable(code, code)
}

/** Whether a batch may have failed because of a single page that takes its worker down or hits a bug. */
export function isOnePagesFault(code: FailureCode): boolean {
  return code === 'PAGE_POISON' || code === 'INTERNAL_SERVER_ERROR'
}

/** The code of a page that failed; rethrows a cancel (not the page's fault) and a bug of the workflow. */
export function codeOfPage(error: unknown): FailureCode {
  // isCancellation also sees an ActivityFailure around a CancelledFailure.
  if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error
  return failureCodeOf(error)
}
