import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createStorageUse, type TakenBytes } from '../../../../src/api/limits/storage-use.ts'
import type { DocumentRun } from '../../../../src/api/gateway/document-run.ts'
import type { TemporalDocuments } from '../../../../src/api/gateway/temporal-documents.ts'
import { requestKey } from '../../../../src/storage/object-keys.ts'
import type { BlobStore } from '../../../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../../../src/storage/directory-blob-store.ts'
import { writeJson } from '../../../../src/storage/read-blob.ts'
import { sampleDocumentId } from '../../../support/document-status.ts'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Documents of one submitter in a real store, and how often each side was asked. */
async function benchOf(sizes: readonly (number | null)[]) {
  await using setUp = new AsyncDisposableStack()
  const { path } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'use-')))
  const real = createDirectoryBlobStore({ path, secret: 'x' })
  const ids = sizes.map((_size, place) => sampleDocumentId(place))
  for (const [place, id] of ids.entries())
    await writeJson(real, requestKey(id), { sizeBytes: sizes[place] })
  const asked = { get: 0, head: 0, list: 0 }
  const store: BlobStore = {
    ...real,
    get: (...args) => {
      asked.get += 1
      return real.get(...args)
    },
    head: (key) => {
      asked.head += 1
      return real.head(key)
    },
  }
  let gate: Promise<void> | null = null
  const temporal = {
    async list() {
      asked.list += 1
      await gate
      // Of a run no more than its document is looked at.
      return { runs: ids.map((documentId) => ({ documentId }) as DocumentRun), nextToken: null }
    },
  } as Partial<TemporalDocuments> as TemporalDocuments // nothing else is called
  const use = createStorageUse(temporal, store)
  const resources = setUp.move()
  return {
    asked,
    store: real,
    ids,
    take: (sizeBytes: number, quotaBytes = 100): Promise<TakenBytes | null> =>
      use.take({ submitter: 'key:1', sizeBytes, quotaBytes }),
    /** Whether a file would be taken. */
    async hasRoom(sizeBytes: number, quotaBytes = 100): Promise<boolean> {
      using taken = await use.take({ submitter: 'key:1', sizeBytes, quotaBytes })
      return taken !== null
    },
    /** Until the result is called, Temporal does not answer. */
    holdList(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** A clock that stands still until it is moved. */
function stopClock(t: TestContext): { pass(ms: number): void } {
  let nowMs = 1_000_000
  t.mock.method(performance, 'now', () => nowMs)
  return {
    pass(ms) {
      nowMs += ms
    },
  }
}

describe('createStorageUse', () => {
  it('reads the size of each document once, however often a sum is read', async (t) => {
    const clock = stopClock(t)
    await using bench = await benchOf([10, 20, 30])

    for (let n = 0; n < 3; n++) {
      assert.ok(await bench.hasRoom(40))
      clock.pass(31_000)
    }

    assert.deepEqual(bench.asked, { get: 3, head: 0, list: 3 })
  })

  it('looks before it refuses whether documents that it knows are still there', async (t) => {
    const clock = stopClock(t)
    await using bench = await benchOf([60, 30])
    assert.equal(await bench.hasRoom(20), false)
    const [first] = bench.ids
    assert.ok(first)
    await bench.store.delete(requestKey(first))
    clock.pass(5_000)

    assert.ok(await bench.hasRoom(70))
    clock.pass(31_000)
    assert.ok(await bench.hasRoom(5, 35))

    assert.equal(bench.asked.get, 2)
  })

  it('looks again for a size that was not known yet', async (t) => {
    const clock = stopClock(t)
    await using bench = await benchOf([null])
    assert.ok(await bench.hasRoom(50))
    const [id] = bench.ids
    assert.ok(id)
    await writeJson(bench.store, requestKey(id), { sizeBytes: 90 })
    clock.pass(31_000)

    assert.equal(await bench.hasRoom(20), false)
  })

  it('reads once for all who ask at the same time', async () => {
    await using bench = await benchOf([10])

    const taken = await Promise.all(Array.from({ length: 50 }, () => bench.hasRoom(1)))

    assert.ok(taken.every((isTaken) => isTaken))
    assert.equal(bench.asked.list, 1)
  })

  it('counts the age of a sum from the end of its reading', async (t) => {
    const clock = stopClock(t)
    await using bench = await benchOf([10])
    const answer = bench.holdList()
    const first = bench.hasRoom(1)
    clock.pass(40_000)
    answer()
    await first

    await bench.hasRoom(1)

    assert.equal(bench.asked.list, 1)
  })

  it('keeps nobody waiting for long, and has the sum for whoever asks later', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    await using bench = await benchOf([10])
    const answer = bench.holdList()
    const first = bench.hasRoom(1)
    t.mock.timers.tick(5_000)
    await assert.rejects(first, { code: 'SERVICE_UNAVAILABLE' })

    const second = bench.hasRoom(1)
    answer()

    assert.ok(await second)
    assert.equal(bench.asked.list, 1)
  })

  it('counts a file that is still being taken when the sum is read anew', async (t) => {
    const clock = stopClock(t)
    await using bench = await benchOf([10])
    const slow = await bench.take(60)
    clock.pass(31_000)

    assert.equal(await bench.hasRoom(60), false)
    slow?.[Symbol.dispose]()
    assert.ok(await bench.hasRoom(60))
  })
})
