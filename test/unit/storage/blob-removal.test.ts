import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { parseDocumentId } from '../../../src/contract/identifiers.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { awaitRemovals, removeUnusedBlob } from '../../../src/storage/blob-removal.ts'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import {
  blobKey,
  pageImageKey,
  pagesPrefix,
  referenceKey,
  removalNoteKey,
  removalNotesPrefix,
} from '../../../src/storage/object-keys.ts'
import { writeJson } from '../../../src/storage/read-blob.ts'
import { releaseBlob } from '../../../src/storage/release-blob.ts'
import { referToBlob, storeBlob } from '../../../src/storage/store-blob.ts'
import { methodsOf, stoppedAt, testKey } from '../../support/blobs.ts'
import { present } from '../../support/gateway-fixtures.ts'
import { shaOf } from '../../support/sweep-bench.ts'

const SHA256 = shaOf('a')
const PDF = { contentType: 'application/pdf' }

describe('removeUnusedBlob', () => {
  let directory: string
  let store: BlobStore
  let path: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'removal-'))
    path = join(directory, 'upload')
    await writeFile(path, 'pdf')
  })
  after(() => rm(directory, { recursive: true }))
  beforeEach(async () => {
    store = createDirectoryBlobStore({ path: join(directory, randomUUID()), secret: 'x' })
    await store.put(blobKey(SHA256), Buffer.from('pdf'), PDF)
    await store.put(pageImageKey({ sha256: SHA256, page: 1, dpi: 200 }), Buffer.from('png'), PDF)
  })

  const newId = () => present(parseDocumentId(randomUUID()))
  const isThere = async (): Promise<boolean> => (await store.head(blobKey(SHA256))) !== null
  const notes = async (): Promise<number> =>
    (await store.list(removalNotesPrefix(SHA256))).blobs.length

  it('removes the file, everything made of its pages, and its own note', async () => {
    const removed = await removeUnusedBlob(store, SHA256)

    assert.deepEqual(removed, { objects: 2, bytes: 6 })
    assert.deepEqual((await store.list('')).blobs, [])
  })

  it('leaves a file that something refers to', async () => {
    await referToBlob(store, SHA256, referenceKey(SHA256, newId()))

    const removed = await removeUnusedBlob(store, SHA256)

    assert.deepEqual([removed, await isThere(), await notes()], [null, true, 0])
  })

  it('goes on with what a killed remover left', async () => {
    const dying = {
      ...methodsOf(store),
      delete: (key: Parameters<BlobStore['delete']>[0]) =>
        key.startsWith('blobs/') || key.startsWith('removals/')
          ? Promise.reject(new Error('killed'))
          : store.delete(key),
    }
    await assert.rejects(removeUnusedBlob(dying, SHA256))
    const isSeen = await isThere()

    await removeUnusedBlob(store, SHA256)

    assert.deepEqual([isSeen, await isThere()], [true, false])
  })

  it('never takes a file from a document that begins to use it, whenever that is', async () => {
    for (let step = 1; ; step++) {
      await store.put(blobKey(SHA256), Buffer.from('pdf'), PDF)
      const reference = referenceKey(SHA256, newId())
      const started: Promise<void>[] = []
      const interrupted = stoppedAt(store, step, async () => {
        const user = observed(store)
        const file = { sha256: SHA256, mediaType: 'pdf', path } as const
        const using = storeBlob(user.store, file, { reference })
        started.push(using)
        // It ends, or waits for the remover; either way the remover goes on.
        await Promise.race([using, user.waits])
      })

      await removeUnusedBlob(interrupted, SHA256)
      await Promise.all(started)

      if (started.length === 0) break
      assert.deepEqual([step, await isThere(), await notes()], [step, true, 0])
      assert.notEqual(await store.head(reference), null)
      await store.delete(reference)
    }
  })

  it('tells who wants a file that lies there already whether it may be used', async () => {
    for (let step = 1; ; step++) {
      await store.put(blobKey(SHA256), Buffer.from('pdf'), PDF)
      const reference = referenceKey(SHA256, newId())
      const started: Promise<boolean>[] = []
      const interrupted = stoppedAt(store, step, async () => {
        const user = observed(store)
        const using = referToBlob(user.store, SHA256, reference)
        started.push(using)
        await Promise.race([using, user.waits])
      })

      await removeUnusedBlob(interrupted, SHA256)
      const [isUsable] = await Promise.all(started)

      if (isUsable === undefined) break
      const isReferred = (await store.head(reference)) !== null
      assert.deepEqual([step, await isThere(), isReferred], [step, isUsable, isUsable])
      await store.delete(reference)
    }
  })

  it('waits for nobody whose note is left of a killed process', async (t) => {
    await writeJson(store, removalNoteKey(SHA256, 'x'), {})
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 10 * 60_000 })

    await awaitRemovals(store, SHA256)

    assert.equal(await notes(), 1)
  })

  it('removes without a note what lies in a full store', async () => {
    const full: BlobStore = {
      ...methodsOf(store),
      put: () => Promise.reject(new OcrError('STORAGE_FULL', 'Cannot write an object: ENOSPC')),
    }

    const removed = await removeUnusedBlob(full, SHA256)

    assert.deepEqual(removed, { objects: 2, bytes: 6 })
    assert.deepEqual((await store.list('')).blobs, [])
  })

  it('renews its note while it removes objects that take long, and looks for users again', async (t) => {
    for (let page = 2; page <= 40; page++)
      await store.put(testKey(`${pagesPrefix(SHA256)}${page}.json`), Buffer.from('{}'), PDF)
    let nowMs = 0
    t.mock.method(performance, 'now', () => nowMs)
    let written = 0
    const slow: BlobStore = {
      ...methodsOf(store),
      async put(key, body, options) {
        if (key.startsWith('removals/')) written += 1
        return await store.put(key, body, options)
      },
      async delete(key) {
        await store.delete(key)
        nowMs += 5_000
        // It gave up waiting.
        if (nowMs === 80_000) await writeJson(store, referenceKey(SHA256, newId()), {})
      },
    }

    const removed = await removeUnusedBlob(slow, SHA256)

    assert.equal(removed, null)
    assert.equal(written, 3)
    assert.deepEqual([await isThere(), await notes()], [true, 0])
    assert.equal((await store.list(pagesPrefix(SHA256))).blobs.length, 24)
  })

  it('stops between two objects when its time is over', async () => {
    for (let page = 2; page <= 40; page++)
      await store.put(testKey(`${pagesPrefix(SHA256)}${page}.json`), Buffer.from('{}'), PDF)
    const ending = new AbortController()
    const ended: BlobStore = {
      ...methodsOf(store),
      async delete(key) {
        await store.delete(key)
        ending.abort()
      },
    }

    const removed = removeUnusedBlob(ended, SHA256, ending.signal)

    await assert.rejects(removed, { name: 'AbortError' })
    assert.equal((await store.list(pagesPrefix(SHA256))).blobs.length, 32)
    assert.deepEqual([await isThere(), await notes()], [true, 0])
  })

  it('lets go of an upload that waits for a killed remover when its client is gone', async () => {
    await writeJson(store, removalNoteKey(SHA256, 'x'), {})
    const gone = new AbortController()
    const user = observed(store)
    const file = { sha256: SHA256, mediaType: 'pdf', path } as const
    const use = { reference: referenceKey(SHA256, newId()), signal: gone.signal }

    const using = storeBlob(user.store, file, use)
    await user.waits
    gone.abort()

    await assert.rejects(using, { name: 'AbortError' })
  })

  it('leaves what another document refers to when one is deleted', async () => {
    const [first, second] = [newId(), newId()]
    await referToBlob(store, SHA256, referenceKey(SHA256, first))
    await referToBlob(store, SHA256, referenceKey(SHA256, second))

    await releaseBlob(store, SHA256, first)
    const isKept = (await isThere()) && (await store.list(pagesPrefix(SHA256))).blobs.length === 1
    await releaseBlob(store, SHA256, second)

    assert.deepEqual([isKept, (await store.list('')).blobs], [true, []])
  })
})

/** A store that tells when its user has found a note and waits. */
function observed(store: BlobStore): { store: BlobStore; waits: Promise<void> } {
  const { promise: waits, resolve } = Promise.withResolvers<void>()
  return {
    waits,
    store: {
      ...methodsOf(store),
      async list(prefix, cursor) {
        const page = await store.list(prefix, cursor)
        if (prefix.startsWith('removals/') && page.blobs.length > 0) resolve()
        return page
      },
    },
  }
}
