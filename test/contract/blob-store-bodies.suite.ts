import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { S3_PART_BYTES } from '../../src/storage/s3-connection.ts'
import { bytesOf, testKey } from '../support/blobs.ts'

const text = { contentType: 'text/plain; charset=utf-8' }

/** The S3 store's parts; the directory store has none. */
const PART = S3_PART_BYTES

/** A stream of odd chunks. */
function chunked(bytes: Buffer): Readable {
  const starts = Array.from({ length: Math.ceil(bytes.length / 100_003) }, (_, at) => at * 100_003)
  return Readable.from(starts.map((start) => bytes.subarray(start, start + 100_003)))
}

/** What every blob store must do with bodies: large ones, and those that break off. */
export function describeBodies(store: () => BlobStore): void {
  describe('bodies', () => {
    it('streams large objects through unchanged', async () => {
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      const body = Readable.from(Array.from({ length: 20 }, () => chunk))

      await store().put(testKey('suite/large'), body, text)
      const blob = await store().get(testKey('suite/large'))

      assert.ok(blob)
      assert.equal(blob.info.sizeBytes, 20 * chunk.length)
      let read = 0
      for await (const part of blob.body) read += (part as Buffer).length
      assert.equal(read, 20 * chunk.length)
    })

    it('keeps every size around the parts that a store may cut a body into', async () => {
      const key = testKey('suite/sized')
      for (const length of [PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1]) {
        const bytes = randomBytes(length)
        for (const body of [bytes, chunked(bytes)]) {
          await store().put(key, body, text)

          const blob = await store().get(key)
          assert.equal(blob?.info.sizeBytes, length)
          // Not deepEqual: it takes seconds for as many bytes, and a test shows nothing of them.
          assert.ok(blob && bytes.equals(await bytesOf(blob.body)), `${length} bytes`)
        }
      }
      await store().delete(key)
    })

    it('does not mind a body that nobody reads', async () => {
      const key = testKey('suite/unread')
      await store().put(key, Buffer.alloc(1024 * 1024), text)

      // More than a store may have connections.
      for (let round = 0; round < 100; round++) (await store().get(key))?.body.destroy()

      assert.equal((await store().head(key))?.sizeBytes, 1024 * 1024)
    })

    it('lets exactly one of 4 racing ifAbsent writers create a large object', async () => {
      const key = testKey('suite/raced-large')
      const writers = Array.from({ length: 4 }, (_, writer) =>
        store().put(key, chunked(Buffer.alloc(PART + 1, writer)), { ...text, ifAbsent: true }),
      )

      const created = (await Promise.all(writers)).map((answer) => answer.created)

      assert.equal(created.filter(Boolean).length, 1)
      const blob = await store().get(key)
      const whole = Buffer.alloc(PART + 1, created.indexOf(true))
      assert.ok(blob && whole.equals(await bytesOf(blob.body)))
    })

    for (const length of [100_000, 2 * PART + 1])
      it(`leaves nothing when the source fails after ${length} bytes, and passes its error on`, async () => {
        const key = testKey('suite/failing')
        const broken = new Error('source broke')
        const body = Readable.from(
          (async function* () {
            yield Buffer.alloc(length)
            await Promise.resolve()
            throw broken
          })(),
        )

        await assert.rejects(store().put(key, body, text), broken)

        assert.equal(await store().head(key), null)
        assert.deepEqual((await store().list('suite/failing')).blobs, [])
      })

    for (const length of [100_000, 2 * PART + 1])
      it(`leaves nothing when it is aborted while the source hangs after ${length} bytes`, async () => {
        const key = testKey('suite/aborted')
        const hanging = new Readable({ read() {} })
        hanging.push(Buffer.alloc(length))
        const stop = new AbortController()

        const put = store().put(key, hanging, { ...text, signal: stop.signal })
        await wait(20)
        stop.abort()

        await assert.rejects(put, { name: 'AbortError' })
        assert.equal(await store().head(key), null)
        assert.equal(hanging.destroyed, true)
        await assert.rejects(store().put(key, Buffer.from('x'), { ...text, signal: stop.signal }), {
          name: 'AbortError',
        })
        assert.equal(await store().head(key), null)
      })
  })
}
