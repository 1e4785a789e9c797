import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { BlobKey, DocumentId } from '../../src/contract/identifiers.ts'
import { OcrError } from '../../src/platform/errors.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import {
  blobKey,
  documentPrefix,
  manifestKey,
  referenceKey,
  removalNoteKey,
  requestKey,
  savedResultKey,
  tombstoneKey,
  uploadReferenceKey,
} from '../../src/storage/object-keys.ts'
import { readJson, writeJson } from '../../src/storage/read-blob.ts'
import { writeReference } from '../../src/storage/store-blob.ts'
import { methodsOf } from './blobs.ts'
import { DAY, openBench, shaOf, swept, type SweepBench, type SweptStore } from './sweep-bench.ts'

const A = shaOf('a')
const B = shaOf('b')

/** What a sweep does with little time or room, and where store or worker are in trouble. */
export function describeSweepLimits(kind: string, open: () => Promise<SweptStore>): void {
  describe(`sweepStore at its limits, ${kind}`, () => {
    let bench: SweepBench
    let dispose: () => Promise<void>
    beforeEach(async () => {
      ;({ bench, dispose } = await openBench(open))
    })
    afterEach(() => dispose())

    const isThere = (key: BlobKey): Promise<boolean> => bench.isThere(key)

    it('leaves a document its file that is sent again while its reference is being removed', async () => {
      const id = await bench.addDocument({ sha256: A }, 'running')
      const request = await readJson(bench.store, requestKey(id))
      await bench.store.delete(requestKey(id))
      const store: BlobStore = {
        ...methodsOf(bench.store),
        async delete(key) {
          if (key === referenceKey(A, id)) await writeJson(bench.store, requestKey(id), request)
          await bench.store.delete(key)
        },
      }

      await bench.sweep({ afterMs: 25 * 3_600_000, store })

      assert.ok(await isThere(referenceKey(A, id)))
      assert.ok(await isThere(blobKey(A)))
    })

    it('goes on where a sweep died in the middle', async () => {
      await bench.addDocument({ sha256: A })
      await bench.addDocument({ sha256: B })
      let left = 4
      const dying: BlobStore = {
        ...methodsOf(bench.store),
        delete: async (key) => {
          if (left-- <= 0) throw new Error('the process died')
          await bench.store.delete(key)
        },
      }

      const died = bench.sweep({ afterMs: 31 * DAY, store: dying })

      await assert.rejects(died, /died/)
      assert.ok((await bench.keys()).length > 0)
      await bench.sweep({ afterMs: 31 * DAY })
      assert.deepEqual(await bench.keys(), [])
    })

    it('leaves for the next time what cannot be removed, and sweeps the rest', async () => {
      const broken = await bench.addDocument({ sha256: A })
      const other = await bench.addDocument({ sha256: B })
      const failing: BlobStore = {
        ...methodsOf(bench.store),
        delete: (key) =>
          key.startsWith(documentPrefix(broken))
            ? Promise.reject(new OcrError('STORAGE_UNAVAILABLE', 'Cannot delete an object: EIO'))
            : bench.store.delete(key),
      }

      const counts = await bench.sweep({ afterMs: 31 * DAY, store: failing })

      assert.deepEqual([counts.failures, counts.documents], [1, 1])
      assert.deepEqual(await bench.keys(documentPrefix(other)), [])
      await bench.sweep({ afterMs: 31 * DAY })
      assert.deepEqual(await bench.keys(), [])
    })

    it('gives up when the store is away, so that the step is tried again', async () => {
      for (let count = 0; count < 12; count++) await bench.addDocument({ sha256: A })
      const away = (): Promise<never> =>
        Promise.reject(new OcrError('STORAGE_UNAVAILABLE', 'Cannot delete an object: away'))
      const store: BlobStore = { ...methodsOf(bench.store), delete: away, get: away, ping: away }

      const swept = bench.sweep({ afterMs: 31 * DAY, store })

      await assert.rejects(swept, { code: 'STORAGE_UNAVAILABLE' })
    })

    it('goes on behind a row of damaged objects', async () => {
      const damaged: DocumentId[] = []
      const unreadable: DocumentId[] = []
      for (let count = 0; count < 12; count++) {
        const json = await bench.addDocument({ sha256: A })
        await bench.store.put(requestKey(json), Buffer.from('{'), { contentType: 'text/plain' })
        damaged.push(json)
        unreadable.push(await bench.addDocument({ sha256: A }))
      }
      const other = await bench.addDocument({ sha256: B })
      const isUnreadable = (key: BlobKey): boolean =>
        unreadable.some((id) => key.startsWith(documentPrefix(id)))
      const store: BlobStore = {
        ...methodsOf(bench.store),
        get: (key) =>
          isUnreadable(key)
            ? Promise.reject(new OcrError('STORAGE_UNAVAILABLE', 'Cannot read a stored object: x'))
            : bench.store.get(key),
      }

      const counts = await bench.sweep({ afterMs: 31 * DAY, store })

      assert.deepEqual([counts.documents, counts.blobs], [1, 1])
      assert.deepEqual(await bench.keys(documentPrefix(other)), [])
      for (const id of [...damaged, ...unreadable]) assert.ok(await isThere(requestKey(id)))
    })

    const fullStore = (hasRoom: () => boolean): BlobStore => ({
      ...methodsOf(bench.store),
      put: (key, body, options) =>
        hasRoom()
          ? bench.store.put(key, body, options)
          : Promise.reject(new OcrError('STORAGE_FULL', 'Cannot write an object: ENOSPC')),
      ping: () => Promise.reject(new OcrError('STORAGE_FULL', 'Cannot write to the store: ENOSPC')),
    })

    const addKnown = async (count: number): Promise<DocumentId[]> => {
      const ids: DocumentId[] = []
      for (let place = 0; place < count; place++) {
        const id = await bench.addDocument({ sha256: A })
        bench.runs.set(id, { isRunning: false, closedAtMs: Date.now() })
        ids.push(id)
      }
      return ids
    }

    it('makes room on a full store, and leaves the tombstones there, too', async () => {
      const ids = await addKnown(12)
      let deleted = 0
      const full = fullStore(() => deleted > 0)
      const store: BlobStore = {
        ...full,
        async delete(key) {
          await bench.store.delete(key)
          deleted += 1
        },
      }

      const counts = await bench.sweep({ afterMs: 31 * DAY, store })

      assert.deepEqual([counts.documents, counts.failures], [12, 0])
      assert.deepEqual(await bench.keys(), ids.map(tombstoneKey).toSorted())
    })

    it('frees on a store that stays full all but what keeps ids unknown later', async () => {
      const ids = await addKnown(12)
      await bench.store.put(savedResultKey('old.txt'), Buffer.from('x'), {
        contentType: 'text/plain',
      })

      const counts = await bench.sweep({ afterMs: 31 * DAY, store: fullStore(() => false) })
      const left = await bench.keys()
      await bench.sweep({ afterMs: 31 * DAY })

      assert.deepEqual([counts.failures, counts.savedResults], [12, 1])
      const needed = ids.flatMap((id) => [manifestKey(id), requestKey(id)])
      assert.deepEqual(left, needed.toSorted())
      assert.deepEqual(await bench.keys(), ids.map(tombstoneKey).toSorted())
    })

    it('keeps what the store gives no date of', async () => {
      await bench.addDocument({ sha256: A })
      await writeReference(bench.store, uploadReferenceKey(B, 'x'))
      await writeJson(bench.store, removalNoteKey(A, 'x'), {})
      const before = await bench.keys()
      const undated = <T extends { readonly modifiedAt: string }>(entry: T): T => ({
        ...entry,
        modifiedAt: 'yesterday',
      })
      const store: BlobStore = {
        ...methodsOf(bench.store),
        async list(prefix, cursor) {
          const page = await bench.store.list(prefix, cursor)
          return { ...page, blobs: page.blobs.map(undated) }
        },
        async head(key) {
          const info = await bench.store.head(key)
          return info === null ? null : undated(info)
        },
      }

      const counts = await bench.sweep({ afterMs: 40 * DAY, store })

      assert.deepEqual(swept(counts), {})
      assert.deepEqual(await bench.keys(), before)
    })

    it('refuses to keep what is temporary for less than a day, which it would not do', async () => {
      const swept = bench.sweep({ afterMs: DAY, rules: { intermediatesHours: 12 } })

      await assert.rejects(swept, { code: 'REQUEST_MALFORMED' })
    })

    it('ends a step when it has removed enough, and goes on in each phase', async () => {
      for (let place = 0; place < 40; place++) {
        const sha256 = shaOf(place.toString(16).padStart(2, '0') + 'c')
        await bench.addDocument({ sha256 })
        await writeJson(bench.store, removalNoteKey(sha256, 'x'), {})
      }

      const dry = await bench.sweep({ afterMs: 31 * DAY, objectsPerStep: 20, dryRun: true })
      bench.steps = 0
      const counts = await bench.sweep({ afterMs: 31 * DAY, objectsPerStep: 20 })

      assert.deepEqual([counts.documents, counts.blobs, counts.leftovers], [40, 40, 40])
      assert.deepEqual(dry, counts)
      assert.deepEqual(await bench.keys(), [])
      // Of sixteen things at least.
      assert.equal(bench.steps, 3 * 3)
    })
  })
}
