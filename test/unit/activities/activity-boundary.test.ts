import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { withinBudget } from '../../../src/activities/activity-boundary.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { until } from '../../support/until.ts'

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
    .run(() => withinBudget(({ signal }) => work(signal)))
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
    assert.equal(failure.type, 'STORAGE_FULL')
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

    await environment.run(() =>
      withinBudget(async () => {
        assert.deepEqual(sent, [{ ...NONE, unfinished: 1 }])
      }),
    )
  })

  it('says with every later beat how many tokens a model has written', async () => {
    const environment = new MockActivityEnvironment()
    const sent: unknown[] = []
    environment.on('heartbeat', (details: unknown) => sent.push(details))

    await environment.run(() =>
      withinBudget(async ({ reportTokens }) => {
        reportTokens(41)
        await until(() => sent.length > 1, 'a second beat was sent')
      }),
    )

    assert.deepEqual(sent.at(-1), { ...NONE, unfinished: 1, tokens: 41 })
  })

  it('leaves nonsense to the workflow, with what it cost', async () => {
    const usage = { promptTokens: 100, completionTokens: 40 }
    const nonsense = failing(new OcrError('ENGINE_OUTPUT_REPEATS', 'Cannot use answer', { usage }))

    const { failure } = await attempt(nonsense, { engineDeath: 1 })

    assert.ok(failure instanceof ApplicationFailure)
    assert.equal(failure.nonRetryable, true)
    assert.deepEqual(failure.details, [{ engineDeaths: 1, ...usage }])
  })

  it('gives a page up at the second death of its engine, also when the first was in another step', async () => {
    const death = failing(new OcrError('ENGINE_DIED', 'Cannot read page'))

    const first = await attempt(death)
    const second = await attempt(death, { engineDeath: 1 })
    const environment = new MockActivityEnvironment()
    const carried: unknown = await environment
      .run(() => withinBudget(death, { engineDeaths: 1 }))
      .catch((error: unknown) => error)

    assert.ok(first.failure instanceof ApplicationFailure && !first.failure.nonRetryable)
    assert.deepEqual(first.details, { ...NONE, engineDeath: 1 })
    for (const failure of [second.failure, carried]) {
      assert.ok(failure instanceof ApplicationFailure && failure.nonRetryable)
      assert.deepEqual(failure.details, [{ engineDeaths: 2, promptTokens: 0, completionTokens: 0 }])
    }
  })

  it('backs off by policy when something busy names no time', async () => {
    const { failure } = await attempt(failing(new OcrError('ENGINE_RATE_LIMITED', 'Cannot ask')))

    assert.ok(failure instanceof ApplicationFailure)
    assert.equal(failure.nextRetryDelay, undefined)
    assert.equal(failure.nonRetryable, false)
  })

  it('spends nothing when it is cancelled', async () => {
    const environment = new MockActivityEnvironment()
    let details = NONE
    environment.on('heartbeat', (sent: Details) => {
      details = sent
    })

    const running = environment.run(() =>
      withinBudget(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error))
          }),
      ),
    )
    environment.cancel()

    await assert.rejects(running)
    assert.deepEqual(details, NONE)
  })
})
