import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mapConcurrently } from '../../../src/platform/map-concurrently.ts'

describe('mapConcurrently', () => {
  it('keeps the order and the limit', async () => {
    let running = 0
    let most = 0
    const doubled = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running)
      for (let turn = 0; turn < item; turn++) await new Promise((resolve) => setImmediate(resolve))
      running--
      return item * 2
    })

    assert.deepEqual(doubled, [10, 2, 8, 4, 6])
    assert.equal(most, 2)
    assert.deepEqual(await mapConcurrently([], 3, () => Promise.resolve(1)), [])
  })

  it('fails with the first failure', async () => {
    const failing = mapConcurrently([1, 2], 2, (item) =>
      item === 2 ? Promise.reject(new RangeError('two')) : Promise.resolve(item),
    )

    await assert.rejects(failing, RangeError)
  })
})
