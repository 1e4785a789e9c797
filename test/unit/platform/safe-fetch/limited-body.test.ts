import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fetchFailed } from '../../../../src/platform/safe-fetch/fetch-failure.ts'
import { limitedBody, type BodySource } from '../../../../src/platform/safe-fetch/limited-body.ts'
import { FETCH_LIMITS } from '../../../../src/platform/safe-fetch/limits.ts'

/** A source that waits before each of its pieces, until the body is given up. */
function source(options: {
  readonly sizes: readonly number[]
  readonly waitMs?: number
  readonly limits?: Partial<BodySource['limits']>
}): BodySource {
  const stop = new AbortController()
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const size of options.sizes) {
      if (options.waitMs !== undefined) {
        await delay(options.waitMs, null, { signal: stop.signal }).catch(() => {
          throw fetchFailed('slow')
        })
      }
      yield new Uint8Array(size)
    }
  }
  const limits = { ...FETCH_LIMITS, ...options.limits }
  return { pieces: pieces(), maxBytes: 100, limits, onSlow: () => stop.abort() }
}

async function sizesOf(body: AsyncIterable<Uint8Array>): Promise<number[]> {
  const sizes: number[] = []
  for await (const piece of body) sizes.push(piece.byteLength)
  return sizes
}

describe('limitedBody', () => {
  it('hands out a body of exactly as many bytes as are accepted', async () => {
    const sizes = await sizesOf(limitedBody(source({ sizes: [60, 40] })))

    assert.deepEqual(sizes, [60, 40])
  })

  it('ends a body at the piece that is too much', async () => {
    const body = limitedBody(source({ sizes: [60, 41, 5] }))

    assert.equal((await body.next()).value?.byteLength, 60)
    await assert.rejects(body.next(), { code: 'FILE_TOO_LARGE' })
    assert.equal((await body.next()).done, true)
  })

  it('gives up on a body that stops', async () => {
    const body = limitedBody(source({ sizes: [1], waitMs: 60_000, limits: { idleMs: 20 } }))

    await assert.rejects(sizesOf(body), { code: 'FETCH_FAILED' })
  })

  it('gives up on a body that trickles, although no pause is long', async () => {
    const sizes = Array<number>(10_000).fill(0)
    const body = limitedBody(source({ sizes, waitMs: 10, limits: { idleMs: 100 } }))

    await assert.rejects(sizesOf(body), { code: 'FETCH_FAILED' })
  })

  it('does not count the time that its reader takes', async () => {
    const body = limitedBody(source({ sizes: [1, 1, 1], waitMs: 2, limits: { idleMs: 40 } }))
    let count = 0

    for await (const _piece of body) {
      count += 1
      await delay(60)
    }

    assert.equal(count, 3)
  })

  it('passes a bug on as it is', async () => {
    const bug = new TypeError('not a function')
    // oxlint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw bug
    }

    await assert.rejects(sizesOf(limitedBody({ ...source({ sizes: [] }), pieces: broken() })), bug)
  })
})
