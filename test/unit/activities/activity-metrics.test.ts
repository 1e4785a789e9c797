import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Registry } from '@prometheus-io/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { withinBudget, type AttemptFailure } from '../../../src/activities/activity-boundary.ts'
import { createActivityMetrics } from '../../../src/activities/activity-metrics.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { readScrape } from '../../support/scrape.ts'

before(() => setLogLevel('silent'))

function setUp() {
  const registry = new Registry()
  return {
    metrics: createActivityMetrics(registry),
    values: async () => readScrape(await registry.metrics()).values,
  }
}

describe('createActivityMetrics', () => {
  it('counts pages by outcome, with their time and tokens', async () => {
    const { metrics, values } = setUp()

    const usage = { promptTokens: 10, completionTokens: 3 }
    metrics.pageRead({ engine: 'llm', outcome: 'degraded', seconds: 2, usage })
    metrics.pageRead({ engine: 'llm', outcome: 'degraded', seconds: 1, usage: null })
    metrics.pageReused('llm')
    metrics.pageFailed('llm', 'SUSPECT_OUTPUT')

    const seen = await values()
    assert.equal(seen.get('ocr_pages_total{engine="llm",outcome="degraded",code=""}'), 2)
    assert.equal(
      seen.get('ocr_pages_total{engine="llm",outcome="failed",code="SUSPECT_OUTPUT"}'),
      1,
    )
    assert.equal(seen.get('ocr_pages_reused_total{engine="llm"}'), 1)
    assert.equal(seen.get('ocr_page_duration_seconds_sum{engine="llm"}'), 3)
    assert.equal(seen.get('ocr_tokens_total{engine="llm",direction="prompt"}'), 10)
    assert.equal(seen.get('ocr_tokens_total{engine="llm",direction="completion"}'), 3)
  })

  it('counts failed attempts by class and code, and what they cost', async () => {
    const { metrics, values } = setUp()

    const usage = { promptTokens: 7, completionTokens: 0 }
    const nonsense = { kind: 'nonsense', code: 'SUSPECT_OUTPUT', usage } as const
    metrics.attemptFailed({ activity: 'recognizePage', engine: 'llm', ...nonsense })

    const seen = await values()
    const labels = 'activity="recognizePage",engine="llm",kind="nonsense",code="SUSPECT_OUTPUT"'
    assert.equal(seen.get(`ocr_attempt_failures_total{${labels}}`), 1)
    assert.equal(seen.get('ocr_tokens_total{engine="llm",direction="prompt"}'), 7)
  })

  it('never throws, whatever figures it is given', async () => {
    const { metrics, values } = setUp()

    const usage = { promptTokens: Number.NaN, completionTokens: -1 }
    metrics.pageRead({ engine: 'llm', outcome: 'ok', seconds: Number.NaN, usage })
    metrics.pageReused('llm')

    assert.equal((await values()).get('ocr_pages_reused_total{engine="llm"}'), 1)
  })
})

describe('onFailure of withinBudget', () => {
  async function failureOf(thrown: Error, heartbeatDetails?: object): Promise<AttemptFailure[]> {
    const told: AttemptFailure[] = []
    const onFailure = (failure: AttemptFailure): void => void told.push(failure)
    await new MockActivityEnvironment({ heartbeatDetails })
      .run(() => withinBudget(() => Promise.reject(thrown), { onFailure }))
      .catch(() => undefined)
    return told
  }

  it('is told class, code and tokens', async () => {
    const usage = { promptTokens: 1, completionTokens: 2 }

    const nonsense = await failureOf(
      new OcrError('SUSPECT_OUTPUT', 'Cannot use page: x', { usage }),
    )
    const bug = await failureOf(new TypeError('x'))

    assert.partialDeepStrictEqual(nonsense, [{ kind: 'nonsense', code: 'SUSPECT_OUTPUT', usage }])
    assert.partialDeepStrictEqual(bug, [{ kind: 'bug', code: 'INTERNAL_SERVER_ERROR' }])
    // A spread must carry all of it.
    assert.equal({ ...nonsense[0] }.kind, 'nonsense')
  })

  it('is told of a page that took its workers with it', async () => {
    const told = await failureOf(new Error('not reached'), { unfinished: 3 })

    assert.partialDeepStrictEqual(told, [{ code: 'PAGE_POISON' }])
  })

  it('is not told of what was cancelled', async () => {
    const told: AttemptFailure[] = []
    const environment = new MockActivityEnvironment()

    const running = environment.run(() =>
      withinBudget(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('stopped')))
          }),
        { onFailure: (failure) => void told.push(failure) },
      ),
    )
    environment.cancel()
    await assert.rejects(running)

    assert.deepEqual(told, [])
  })
})
