import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { watchLoop } from '../../../src/platform/loop-lag.ts'

/** Holds the event loop of this process, as a computation would. */
function blockLoop(ms: number): void {
  const endsAtMs = performance.now() + ms
  while (performance.now() < endsAtMs) Math.sqrt(endsAtMs)
}

describe('watchLoop', () => {
  it('tells of a lag to whoever asks after it', async () => {
    using watch = watchLoop()

    blockLoop(700)
    // Timers and a request that waited: the loop is free again.
    await delay(1)
    await new Promise(setImmediate)

    assert.ok(watch.lagMs() >= 450, `${watch.lagMs()} ms`)
  })

  it('tells of the lag that is going on', () => {
    using watch = watchLoop()

    blockLoop(700)

    assert.ok(watch.lagMs() >= 450, `${watch.lagMs()} ms`)
  })

  it('starts without a lag', () => {
    using watch = watchLoop()

    assert.equal(watch.lagMs(), 0)
  })
})
