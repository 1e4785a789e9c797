import assert from 'node:assert/strict'
import { ApplicationFailure, cancellationSignal, heartbeat } from '@temporalio/activity'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { MEMO } from '../../src/contract/names.ts'
import type { Progress } from '../../src/contract/progress.ts'

/** Runs until its attempt is cancelled, beating like a real activity. */
export async function untilCancelled(): Promise<never> {
  const timer = setInterval(() => heartbeat(), 50)
  try {
    const signal = cancellationSignal()
    return await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  } finally {
    clearInterval(timer)
  }
}

/** A failure as `withinBudget` makes it: our code, not retried. */
export function failure(code: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(code, code)
}

/** What a failed run failed of. */
export async function causeOf(handle: WorkflowHandle): Promise<unknown> {
  const error: unknown = await handle.result().catch((thrown: unknown) => thrown)
  assert.ok(error instanceof WorkflowFailedError)
  return error.cause
}

/** Progress as the memo has it; `undefined` before the first step. */
export async function memoOf(handle: WorkflowHandle): Promise<Progress | undefined> {
  const { memo } = await handle.describe()
  // Written by the workflow under test.
  return memo?.[MEMO.progress] as Progress | undefined
}
