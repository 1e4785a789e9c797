import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batchesOf } from '../../../../../src/api/dialects/qianxia/batches.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { sampleTask } from '../../../../support/qianxia-api.ts'

const progressOf = (totalPages: number) => ({ ...INITIAL_PROGRESS, totalPages })

describe('batchesOf', () => {
  it('cuts the pages into consecutive batches, the last one shorter', () => {
    const batches = batchesOf(sampleTask({ progress: progressOf(20), marks: '.'.repeat(20) }), 8)

    assert.deepEqual(
      batches.map(({ id, number, firstPage, lastPage, pages }) => [
        id.slice(36),
        number,
        firstPage,
        lastPage,
        pages,
      ]),
      [
        ['_batch_001', 1, 1, 8, 8],
        ['_batch_002', 2, 9, 16, 8],
        ['_batch_003', 3, 17, 20, 4],
      ],
    )
  })

  it('has none before the pages were counted, and one for a single page', () => {
    assert.deepEqual(batchesOf(sampleTask({ progress: INITIAL_PROGRESS, marks: '' }), 8), [])
    assert.equal(batchesOf(sampleTask({ progress: progressOf(1), marks: '.' }), 8).length, 1)
  })

  it('tells each state by the pages that have ended and those under way', () => {
    const task = sampleTask({
      progress: progressOf(12),
      marks: 'oed' + 'off' + 'fff' + '...',
      pagesUnderWay: [],
    })
    const running = sampleTask({ progress: progressOf(6), marks: '...o..' })

    assert.deepEqual(
      batchesOf(task, 3).map(({ state, donePages, failedPages }) => [
        state,
        donePages,
        failedPages,
      ]),
      [
        ['completed', 3, 0],
        ['partial', 3, 2],
        ['failed', 3, 3],
        ['pending', 0, 0],
      ],
    )
    assert.deepEqual(
      batchesOf(running, 3).map(({ state }) => state),
      ['processing', 'processing'],
    )
  })

  it('counts pages as waiting while nobody can say which are done', () => {
    const batches = batchesOf(sampleTask({ marks: null, pagesUnderWay: [] }), 8)

    assert.deepEqual(
      batches.map(({ state, donePages }) => [state, donePages]),
      [['pending', 0]],
    )
  })

  it('ends what a cancelled task left unread', () => {
    const task = sampleTask({ state: 'cancelled', progress: progressOf(6), marks: 'o.....' })

    assert.deepEqual(
      batchesOf(task, 3).map(({ state }) => state),
      ['partial', 'failed'],
    )
  })

  it('takes its times from its pages, and the end only once it has ended', () => {
    const readings = new Map([
      [1, { startedAtMs: 100, endedAtMs: 300, attempt: 1 }],
      [2, { startedAtMs: 200, endedAtMs: 250, attempt: 1 }],
      [3, { startedAtMs: 400, endedAtMs: 500, attempt: 1 }],
    ])

    const batches = batchesOf(sampleTask({ progress: progressOf(4), marks: 'ooo.' }), 2, readings)

    assert.deepEqual(
      batches.map(({ startedAtMs, endedAtMs }) => [startedAtMs, endedAtMs]),
      [
        [100, 300],
        [400, null],
      ],
    )
  })
})
