import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StallWatch } from '../../../../src/engines/vllm/stall-watch.ts'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('StallWatch', () => {
  it('asks after every silence, and tells a death once', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const answers = [false, true]
    let asked = 0
    let deaths = 0
    using _watch = new StallWatch({
      stallMs: 100,
      isDead: async () => answers[asked++] ?? true,
      onDeath: () => (deaths += 1),
    })

    test.mock.timers.tick(100)
    await settled()
    const afterOne = [asked, deaths]
    test.mock.timers.tick(100)
    await settled()
    test.mock.timers.tick(1_000)
    await settled()

    assert.deepEqual(afterOne, [1, 0])
    assert.deepEqual([asked, deaths], [2, 1])
  })

  it('asks nothing while something comes, and nothing after its end', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    let asked = 0
    const watch = new StallWatch({
      stallMs: 100,
      isDead: async () => (asked++, false),
      onDeath: () => undefined,
    })

    for (let round = 0; round < 5; round++) {
      test.mock.timers.tick(80)
      watch.touch()
    }
    watch[Symbol.dispose]()
    watch.touch()
    test.mock.timers.tick(1_000)
    await settled()

    assert.equal(asked, 0)
  })

  it('goes on when the question itself fails', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    let asked = 0
    let deaths = 0
    using _watch = new StallWatch({
      stallMs: 100,
      isDead: () =>
        asked++ === 0 ? Promise.reject(new Error('no answer')) : Promise.resolve(true),
      onDeath: () => (deaths += 1),
    })

    test.mock.timers.tick(100)
    await settled()
    test.mock.timers.tick(100)
    await settled()

    assert.deepEqual([asked, deaths], [2, 1])
  })
})
