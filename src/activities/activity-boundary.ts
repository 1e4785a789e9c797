import {
  activityInfo,
  ApplicationFailure,
  cancellationSignal,
  heartbeat,
  log,
} from '@temporalio/activity'
import type { PageSpending } from '../contract/document.ts'
import { FAILURES, type FailureCode, type FailureKind } from '../contract/failures.ts'
import type { Usage } from '../contract/page.ts'
import { coerceError, OcrError } from '../platform/errors.ts'
import { storageError, systemCode } from '../storage/object-file.ts'

/** What an activity has used up, kept in its heartbeat details. */
type Spent = { unfinished: number; transient: number; engineDeath: number; bug: number }

/**
 * How often each cause may end an attempt before the activity fails for good. `unfinished` counts
 * attempts that never reported back, because they took their worker with them.
 */
const LIMIT: Spent = { unfinished: 3, transient: 5, engineDeath: 2, bug: 3 }

/** Fits the worker's heartbeat throttle of 1 s: a cancel arrives in the reply to a heartbeat. */
const HEARTBEAT_INTERVAL_MS = 1_000

/** A server's `Retry-After` is honoured up to this. */
const MAX_RETRY_AFTER_MS = 300_000

/** What the work of an activity is given. */
export type ActivityAttempt = {
  /** Fires on cancel and on shutdown. */
  readonly signal: AbortSignal
  /** Shows in the heartbeat details how many tokens a model has written so far. */
  readonly reportTokens: (tokens: number) => void
  /** Counted by Temporal, from 1. */
  readonly attempt: number
}

/** Why an attempt failed, and the tokens that it cost. */
export type AttemptFailure = {
  readonly kind: FailureKind
  readonly code: FailureCode
  readonly usage: Usage | null
}

/** What changes the budget of one activity. */
export type BudgetOptions = {
  /** Counted against this page in earlier steps of its ladder. */
  readonly engineDeaths?: number | undefined
  /** Times that it is tried again after a transient failure. */
  readonly maxRetries?: number | undefined
  /** Called when the attempt fails, not when it is cancelled or shut down. Must not throw. */
  readonly onFailure?: (failure: AttemptFailure) => void
}

/**
 * Runs the work of an activity: heartbeats from a timer, hands over the abort signal, translates
 * what is thrown into a failure with our code, and counts attempts by cause.
 *
 * Not Temporal's `maximumAttempts`: that counts "busy" and worker restarts as well. The count is
 * written before the work starts, so that the death of the worker counts too.
 *
 * @throws {ApplicationFailure} whose type is a failure code; the message is the code, never more. A
 *   step of a ladder adds a {@link PageSpending} as details.
 */
export async function withinBudget<T>(
  work: (attempt: ActivityAttempt) => Promise<T>,
  budget: BudgetOptions = {},
): Promise<T> {
  const spent = spentSoFar(budget.engineDeaths ?? 0)
  if (spent.unfinished >= LIMIT.unfinished) {
    const code = 'PAGE_POISON'
    budget.onFailure?.({ kind: FAILURES[code].kind, code, usage: null })
    throw failForGood(code)
  }
  const startedAtMs = performance.now()
  const running: Spent = { ...spent, unfinished: spent.unfinished + 1 }
  let tokens = 0
  // The first beat is sent at once, so even a death within the first second is counted.
  heartbeat(running)
  const timer = setInterval(
    () => heartbeat(tokens === 0 ? running : { ...running, tokens }),
    HEARTBEAT_INTERVAL_MS,
  )
  const signal = cancellationSignal()
  const reportTokens = (count: number): void => {
    tokens = count
  }
  try {
    const result = await work({ signal, reportTokens, attempt: activityInfo().attempt })
    log.info('activity done', { durationMs: Math.round(performance.now() - startedAtMs) })
    return result
  } catch (error) {
    if (signal.aborted) {
      // Cancelled or shut down: nothing is spent. Not what was thrown: it may tell of addresses and
      // paths, and history keeps it.
      heartbeat(spent)
      throw signal.reason
    }
    const failure = classify(error)
    budget.onFailure?.(failure)
    throw asFailure(failure, spent, limitOf(budget))
  } finally {
    clearInterval(timer)
  }
}

function limitOf({ maxRetries }: BudgetOptions): Spent {
  return maxRetries === undefined ? LIMIT : { ...LIMIT, transient: maxRetries + 1 }
}

function spentSoFar(engineDeaths: number): Spent {
  // Written by `withinBudget` of an earlier attempt.
  const details = activityInfo().heartbeatDetails as Partial<Spent> | undefined
  return {
    unfinished: details?.unfinished ?? 0,
    transient: details?.transient ?? 0,
    engineDeath: details?.engineDeath ?? engineDeaths,
    bug: details?.bug ?? 0,
  }
}

function asFailure(failure: Classified, spent: Spent, limit: Spent): ApplicationFailure {
  const { kind, code, retryAfterMs, usage } = failure
  switch (kind) {
    case 'input':
      return failForGood(code)
    case 'nonsense':
      // Not asked again here: the workflow schedules the next step of the ladder.
      return failForGood(code, spendingOf(spent, usage))
    case 'busy':
      heartbeat(spent)
      return ApplicationFailure.create({
        message: code,
        type: code,
        // Without a time the backoff of the policy counts.
        ...(retryAfterMs === null
          ? {}
          : { nextRetryDelay: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) }),
        // Keeps what is expected out of error logs and metrics.
        category: 'BENIGN',
      })
    case 'transient':
    case 'engineDeath':
    case 'bug': {
      const after: Spent = { ...spent, [kind]: spent[kind] + 1 }
      // Travels with the failure, whatever the throttle.
      heartbeat(after)
      return after[kind] >= limit[kind]
        ? failForGood(code, spendingOf(after, usage))
        : ApplicationFailure.retryable(code, code)
    }
  }
}

function spendingOf(spent: Spent, usage: Usage | null): PageSpending {
  return {
    engineDeaths: spent.engineDeath,
    promptTokens: usage?.promptTokens ?? 0,
    completionTokens: usage?.completionTokens ?? 0,
  }
}

function failForGood(code: FailureCode, spending?: PageSpending): ApplicationFailure {
  return ApplicationFailure.nonRetryable(code, code, ...(spending === undefined ? [] : [spending]))
}

/** What the operating system says when the host, and not this document, is in trouble. */
const HOST_TROUBLE = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']

type Classified = AttemptFailure & { readonly retryAfterMs: number | null }

function classify(thrown: unknown): Classified {
  const error = HOST_TROUBLE.includes(systemCode(thrown) ?? '')
    ? storageError('use the local disk', thrown)
    : thrown
  if (error instanceof OcrError) {
    log.info('activity failed', { code: error.code, reason: error.message })
    const { kind, code, retryAfterMs, usage } = error
    return { kind, code, retryAfterMs, usage }
  }
  log.error('bug in an activity', { error: coerceError(error).stack ?? String(error) })
  return { kind: 'bug', code: 'INTERNAL_SERVER_ERROR', retryAfterMs: null, usage: null }
}
