import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keptFor } from '../../../src/platform/kept-for.ts'

describe('keptFor', () => {
  it('reads once for all who ask within the time', async () => {
    let reads = 0
    const read = keptFor(60_000, async () => ++reads)

    assert.deepEqual(await Promise.all([read(), read(), read()]), [1, 1, 1])
    assert.equal(await read(), 1)
  })

  it('reads again when the time is over', async (context) => {
    context.mock.method(performance, 'now', () => nowMs)
    let nowMs = 0
    let reads = 0
    const read = keptFor(5_000, async () => ++reads)
    await read()

    nowMs = 5_000
    const kept = await read()
    nowMs = 5_001
    const fresh = await read()

    assert.deepEqual([kept, fresh], [1, 2])
  })
})
