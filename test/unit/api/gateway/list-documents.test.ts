import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId } from '../../../support/document-status.ts'
import { benchOfEachTest, progressWith } from '../../../support/test-gateway.ts'

const OURS = "WorkflowType = 'processDocument' AND ExecutionStatus != 'ContinuedAsNew'"
const PAGE = { limit: 10, cursor: null }

describe('list', () => {
  const bench = benchOfEachTest()

  it('asks for those of one dialect, format and owner', async () => {
    await bench.current.gateway.list({
      ...PAGE,
      dialect: 'qianxia',
      format: 'pdf',
      owner: 'qianxia:550e8400-e29b-41d4-a716-446655440000',
    })

    assert.deepEqual(bench.current.temporal.queries, [
      `${OURS} AND OcrDialect = 'qianxia' AND OcrFormat = 'pdf' AND ` +
        "OcrOwner = 'qianxia:550e8400-e29b-41d4-a716-446655440000'",
    ])
  })

  it('asks for those that nobody owns', async () => {
    await bench.current.gateway.list({ ...PAGE, owner: null })

    assert.deepEqual(bench.current.temporal.queries, [`${OURS} AND OcrOwner IS NULL`])
  })

  it('puts no text of a stranger into a query', async () => {
    const owner = "x' OR ExecutionStatus = 'Running"

    await assert.rejects(bench.current.gateway.list({ ...PAGE, owner }), {
      code: 'REQUEST_MALFORMED',
    })
    await assert.rejects(bench.current.gateway.pagesOf(owner), { code: 'REQUEST_MALFORMED' })
    assert.deepEqual(bench.current.temporal.queries, [])
  })
})

describe('count', () => {
  const bench = benchOfEachTest()

  it('tells waiting documents from those that are open', async () => {
    const states = ['running', 'running', 'completed', 'failed', 'cancelled'] as const
    for (const [n, state] of states.entries())
      bench.current.temporal.runs.set(sampleDocumentId(n), {
        state,
        progress: progressWith({ phase: n === 0 ? 'recognizing' : 'inspecting' }),
      })

    assert.deepEqual(await bench.current.gateway.count({ dialect: 'qianxia', format: 'image' }), {
      waiting: 1,
      running: 1,
      completed: 1,
      failed: 1,
      cancelled: 1,
    })
    assert.ok(
      bench.current.temporal.queries.every(
        (query) => query.includes("OcrDialect = 'qianxia'") && query.includes("'image'"),
      ),
    )
  })
})

describe('pagesOf', () => {
  const bench = benchOfEachTest()

  it('adds up the pages, one at least, and remembers the sum for a while', async () => {
    bench.current.temporal.runs.set(sampleDocumentId(1), {
      state: 'completed',
      progress: progressWith({ totalPages: 40 }),
    })
    bench.current.temporal.runs.set(sampleDocumentId(2), { state: 'running' })

    assert.equal(await bench.current.gateway.pagesOf('qianxia:a'), 41)
    await bench.current.gateway.pagesOf('qianxia:a')

    assert.equal(bench.current.temporal.calls.list, 1)
    assert.match(bench.current.temporal.queries[0] ?? '', /IN \('Running', 'Completed'\)/)
  })

  it('asks again after a failure', async () => {
    bench.current.temporal.failure = new TypeError('a bug')
    await assert.rejects(bench.current.gateway.pagesOf('qianxia:a'), TypeError)
    bench.current.temporal.failure = null

    assert.equal(await bench.current.gateway.pagesOf('qianxia:a'), 0)
  })
})
