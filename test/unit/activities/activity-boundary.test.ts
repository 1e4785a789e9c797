import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { withinBudget } from '../../../src/activities/activity-boundary.ts'
import { OcrError } from '../../../src/platform/errors.ts'

type Details = { unfinished: number; transient: number; engineDeath: number; bug: number }
const NONE: Details = { unfinished: 0, transient: 0, engineDeath: 0, bug: 0 }

async function attempt(
  work: (signal: AbortSignal) => Promise<unknown>,
  heartbeatDetails?: Partial<Details>,
): Promise<{ failure: unknown; details: Details }> {
  const environment = new MockActivityEnvironment({ heartbeatDetails })
  let details = NONE
  environment.on('heartbeat', (sent: Details) => {
    details = sent
  })
  const failure: unknown = await environment
    .run(withinBudget, work)
    .catch((error: unknown) => error)
  return { failure, details }
}

function failing(error: Error): () => Promise<never> {
  return () => Promise.reject(error)
}

describe('withinBudget', () => {
  it('turns bad input into a failure with our code that is never retried', async () => {
    const { failure } = await attempt(failing(new OcrError('CORRUPT_PDF', 'Cannot open')))

    assert.ok(failure instanceof ApplicationFailure)
    assert.equal(failure.type, 'CORRUPT_PDF')
    assert.equal(failure.message, 'CORRUPT_PDF')
    assert.equal(failure.nonRetryable, true)
  })

  it('counts a transient failure and gives up at the fifth', async () => {
    const broken = failing(new OcrError('PROGRAM_FAILED', 'Cannot run'))

    const first = await attempt(broken)
    const fifth = await attempt(broken, { transient: 4 })

    assert.ok(first.failure instanceof ApplicationFailure && !first.failure.nonRetryable)
    assert.deepEqual(first.details, { ...NONE, transient: 1 })
    assert.ok(fifth.failure instanceof ApplicationFailure && fifth.failure.nonRetryable)
  })

  it('waits as asked for something busy, at most 300 s, and counts nothing', async () => {
    const busy = (retryAfterMs: number) =>
      attempt(failing(new OcrError('ENGINE_RATE_LIMITED', 'Cannot ask', { retryAfterMs })))

    const soon = await busy(7_000)
    const never = await busy(10 ** 9)

    assert.ok(soon.failure instanceof ApplicationFailure)
    assert.equal(soon.failure.nextRetryDelay, 7_000)
    assert.equal(soon.failure.nonRetryable, false)
    assert.deepEqual(soon.details, NONE)
    assert.ok(never.failure instanceof ApplicationFailure)
    assert.equal(never.failure.nextRetryDelay, 300_000)
  })

  it('waits for a full disk to be cleared, whoever met it', async () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })

    const { failure, details } = await attempt(failing(full))

    assert.ok(failure instanceof ApplicationFailure)
    assert.equal(failure.type, 'STORAGE_UNAVAILABLE')
    assert.equal(failure.nonRetryable, false)
    assert.deepEqual(details, NONE)
  })

  it('retries an own bug twice and keeps its text out of the failure', async () => {
    const bug = failing(new TypeError('secret page text'))

    const second = await attempt(bug, { bug: 1 })
    const third = await attempt(bug, { bug: 2 })

    assert.ok(second.failure instanceof ApplicationFailure && !second.failure.nonRetryable)
    assert.ok(third.failure instanceof ApplicationFailure && third.failure.nonRetryable)
    assert.equal(third.failure.type, 'INTERNAL_SERVER_ERROR')
    assert.doesNotMatch(third.failure.message, /secret/)
  })

  it('refuses a page that took its worker with it three times', async () => {
    let isRun = false

    const { failure } = await attempt(
      async () => {
        isRun = true
      },
      { unfinished: 3 },
    )

    assert.ok(failure instanceof ApplicationFailure)
    assert.equal(failure.type, 'PAGE_POISON')
    assert.equal(isRun, false)
  })

  it('says before the work that an attempt is under way', async () => {
    const environment = new MockActivityEnvironment()
    const sent: Details[] = []
    environment.on('heartbeat', (details: Details) => sent.push(details))

    await environment.run(withinBudget, async () => {
      assert.deepEqual(sent, [{ ...NONE, unfinished: 1 }])
    })
  })

  it('spends nothing when it is cancelled', async () => {
    const environment = new MockActivityEnvironment()
    let details = NONE
    environment.on('heartbeat', (sent: Details) => {
      details = sent
    })

    const running = environment.run(
      withinBudget,
      (signal: AbortSignal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    environment.cancel()

    await assert.rejects(running)
    assert.deepEqual(details, NONE)
  })
})
