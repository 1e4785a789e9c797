import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WarmChildren } from '../../../src/engines/warm-children.ts'
import type { GuardedProcess } from '../../../src/platform/guarded-process.ts'

const signal = new AbortController().signal

type FakeProcess = GuardedProcess & { alive: boolean; rss: number }

function fakeProcess(pid: number): FakeProcess {
  return {
    alive: true,
    pid,
    rss: 100,
    rssBytes() {
      return this.rss
    },
    request: () => Promise.resolve(null),
    [Symbol.asyncDispose]() {
      this.alive = false
      return Promise.resolve()
    },
  }
}

function makePool(slots: number) {
  const started: FakeProcess[] = []
  const pool = new WarmChildren({
    slots,
    maxUses: 3,
    maxRestingRssBytes: 1000,
    start: () => {
      const process = fakeProcess(started.length + 1)
      started.push(process)
      return process
    },
  })
  const use = (fresh = false) => pool.use(({ pid }) => Promise.resolve(pid), { signal, fresh })
  return { pool, started, use }
}

describe('WarmChildren', () => {
  it('keeps a child for the next caller', async () => {
    const { use } = makePool(2)

    assert.deepEqual([await use(), await use()], [1, 1])
  })

  it('replaces a child after its last use', async () => {
    const { use, started } = makePool(1)

    assert.deepEqual([await use(), await use(), await use(), await use()], [1, 1, 1, 2])
    assert.equal(started[0]?.alive, false)
  })

  it('replaces a child that grew', async () => {
    const { pool, use, started } = makePool(1)

    await pool.use(
      () => {
        if (started[0] !== undefined) started[0].rss = 1001
        return Promise.resolve()
      },
      { signal },
    )

    assert.equal(await use(), 2)
    assert.equal(started[0]?.alive, false)
  })

  it('replaces a child that died', async () => {
    const { use, started } = makePool(1)
    await use()

    if (started[0] !== undefined) started[0].alive = false

    assert.equal(await use(), 2)
  })

  it('starts another child when a fresh one is asked for', async () => {
    const { use, started } = makePool(1)
    await use()

    assert.equal(await use(true), 2)
    assert.equal(started[0]?.alive, false)
  })

  it('ends idle and busy children when it is disposed, and starts no more', async () => {
    const { pool, use, started } = makePool(2)
    const gate = Promise.withResolvers<void>()
    const working = pool.use(() => gate.promise, { signal })
    await use()

    await pool[Symbol.asyncDispose]()

    assert.deepEqual(
      started.map(({ alive }) => alive),
      [false, false],
    )
    await assert.rejects(use(), { code: 'SERVICE_UNAVAILABLE' })
    gate.resolve()
    await working
  })
})
