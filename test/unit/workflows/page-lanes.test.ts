import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onFirstDemand, rasterBatches, runLanes } from '../../../src/workflows/page-lanes.ts'

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

describe('runLanes', () => {
  it('works through every page once with no more than the lanes under way', async () => {
    const seen: number[] = []
    let running = 0
    let most = 0

    await runLanes([1, 2, 3, 4, 5, 6, 7], 3, async (page) => {
      running += 1
      most = Math.max(most, running)
      await turns(page % 3)
      seen.push(page)
      running -= 1
    })

    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7],
    )
    assert.equal(most, 3)
  })

  it('waits for the other lanes before it reports a broken one', async () => {
    let finished = 0

    const work = runLanes([1, 2, 3], 3, async (page) => {
      if (page === 1) throw new Error('broken')
      await turns(20)
      finished += 1
    })

    await assert.rejects(work, /broken/)
    assert.equal(finished, 2)
  })

  it('does nothing without pages', async () => {
    await runLanes([], 4, () => assert.fail('no page'))
  })
})

describe('rasterBatches', () => {
  it('gives the first page of a document a batch of its own', () => {
    assert.deepEqual(rasterBatches([1, 2, 3, 4, 5, 6], 2, true), [[1], [2, 3], [4, 5], [6]])
  })

  it('fills every batch in a later run', () => {
    assert.deepEqual(rasterBatches([7, 9, 10], 2, false), [[7, 9], [10]])
  })
})

describe('onFirstDemand', () => {
  it('starts a batch once, however many of its pages ask', async () => {
    const started: (readonly number[])[] = []
    const drawn = onFirstDemand([[1], [2, 3]], async (batch) => {
      started.push(batch)
      return batch.length
    })

    assert.deepEqual(await Promise.all([drawn(3), drawn(2), drawn(3)]), [2, 2, 2])
    assert.deepEqual(started, [[2, 3]])
  })
})
