import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import type { WorkflowHandle } from '@temporalio/client'
import { decode } from '@temporalio/common/lib/encoding.js'
import type { PageSpending, RecognizeInput } from '../../src/contract/document.ts'
import { ENGINES } from '../../src/contract/engines.ts'
import type { FailureCode } from '../../src/contract/failures.ts'
import { startDocumentWorkflows } from '../support/document-workflows.ts'

const OK = { status: 'ok', characters: 1, confidencePercent: null } as const
const DEGRADED = { ...OK, status: 'degraded' } as const

function failed(code: FailureCode, spent: Partial<PageSpending> = {}): ApplicationFailure {
  const details = { engineDeaths: 0, promptTokens: 0, completionTokens: 0, ...spent }
  return ApplicationFailure.nonRetryable(code, code, details)
}

/** Summaries of the page activities, as the history shows them. */
async function pageSteps(handle: WorkflowHandle): Promise<string[]> {
  const { events = [] } = await handle.fetchHistory()
  return (events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityId?.startsWith('page-'))
    .map((event) =>
      decode(event.userMetadata?.summary?.data ?? new Uint8Array()).replaceAll('"', ''),
    )
}

describe('processDocument, ladder of a page', () => {
  it('takes every step as an activity of its own, with its reason in the history', async () => {
    const asked: (RecognizeInput['ask'] | undefined)[] = []
    const codes: FailureCode[] = [
      'ENGINE_OUTPUT_TRUNCATED',
      'ENGINE_OUTPUT_REPEATS',
      'ENGINE_OUTPUT_INVALID',
      'SUSPECT_OUTPUT',
    ]
    await using documents = await startDocumentWorkflows(1, {
      recognizePage: async ({ ask }) => {
        asked.push(ask)
        const code = codes[asked.length - 1]
        if (code !== undefined) throw failed(code)
        return DEGRADED
      },
    })

    const handle = await documents.start(dots(documents.cpuQueue))
    await handle.result()

    assert.deepEqual(await pageSteps(handle), [
      'page 1 of 1',
      'page 1 of 1, resample after ENGINE_OUTPUT_TRUNCATED',
      'page 1 of 1, regions after ENGINE_OUTPUT_REPEATS',
      'page 1 of 1, plain-text after ENGINE_OUTPUT_INVALID',
      'page 1 of 1, by-paddle after SUSPECT_OUTPUT',
    ])
    assert.equal(asked[0], undefined)
    assert.equal(asked[4]?.fallback, 'paddle')
    assert.equal(documents.calls.assembled[0]?.marks, 'd')
  })

  it('adds up what the failed steps cost and hands it to the next one', async () => {
    const spent: (PageSpending | undefined)[] = []
    await using documents = await startDocumentWorkflows(1, {
      recognizePage: async (input) => {
        spent.push(input.spent)
        if (spent.length === 1)
          throw failed('ENGINE_OUTPUT_TRUNCATED', { promptTokens: 100, completionTokens: 40 })
        if (spent.length === 2)
          throw failed('ENGINE_OUTPUT_INVALID', { promptTokens: 100, completionTokens: 2 })
        return OK
      },
    })

    await (await documents.start(dots(documents.cpuQueue))).result()

    assert.deepEqual(spent, [
      undefined,
      { engineDeaths: 0, promptTokens: 100, completionTokens: 40 },
      { engineDeaths: 0, promptTokens: 200, completionTokens: 42 },
    ])
  })

  it('remembers on the next step how often the engine died with the page', async () => {
    const deaths: number[] = []
    await using documents = await startDocumentWorkflows(1, {
      recognizePage: async ({ spent }) => {
        deaths.push(spent?.engineDeaths ?? 0)
        if (deaths.length === 1) throw failed('ENGINE_OUTPUT_INVALID', { engineDeaths: 1 })
        if (deaths.length === 2) throw failed('ENGINE_DIED', { engineDeaths: 2 })
        return DEGRADED
      },
    })

    const handle = await documents.start(dots(documents.cpuQueue))
    await handle.result()

    assert.deepEqual(deaths, [0, 1, 2])
    assert.equal((await pageSteps(handle)).at(-1), 'page 1 of 1, by-paddle after ENGINE_DIED')
  })

  it('gives pages that killed the engine to the fallback engine one after the other', async () => {
    let [running, most] = [0, 0]
    await using documents = await startDocumentWorkflows(6, {
      recognizePage: async ({ ask }) => {
        if (!ask?.fallback) throw failed('ENGINE_DIED', { engineDeaths: 2 })
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 30))
        running -= 1
        return DEGRADED
      },
    })

    await (await documents.start(dots(documents.cpuQueue))).result()

    assert.equal(most, 1)
    assert.equal(documents.calls.assembled[0]?.marks, 'dddddd')
  })

  it('asks again in fewer pixels when the engine is out of memory, then fails the page', async () => {
    await using documents = await startDocumentWorkflows(2, {
      recognizePage: async ({ page }) => {
        if (page === 2) throw failed('ENGINE_OUT_OF_MEMORY')
        return OK
      },
    })

    const handle = await documents.start(dots(documents.cpuQueue))
    await handle.result()

    assert.deepEqual(
      (await pageSteps(handle)).filter((summary) => summary.startsWith('page 2')),
      [
        'page 2 of 2',
        'page 2 of 2, default-at-50-percent after ENGINE_OUT_OF_MEMORY',
        'page 2 of 2, default-at-25-percent after ENGINE_OUT_OF_MEMORY',
      ],
    )
    assert.deepEqual(documents.calls.assembled[0]?.failed, [{ page: 2, code: 'TOO_COMPLEX' }])
  })

  it('fails the page with the last code where there is no fallback engine', async () => {
    await using documents = await startDocumentWorkflows(2, {
      recognizePage: async ({ page }) => {
        if (page === 2) throw failed('SUSPECT_OUTPUT', { promptTokens: 10, completionTokens: 3 })
        return OK
      },
    })

    const handle = await documents.start({ ladder: ENGINES.llm.ladder, fallback: null })
    await handle.result()

    assert.deepEqual(documents.calls.assembled[0]?.failed, [{ page: 2, code: 'SUSPECT_OUTPUT' }])
    assert.equal((await pageSteps(handle)).length, 3)
    // It is paid for all the same.
    const { lostUsage } = documents.calls.assembled[0] ?? {}
    assert.deepEqual(lostUsage, { promptTokens: 20, completionTokens: 6 })
  })
})

function dots(engineQueue: string) {
  return {
    ladder: ENGINES.dots.ladder,
    fallback: { engine: 'paddle', engineClass: 'cpu', engineQueue },
  } as const
}
