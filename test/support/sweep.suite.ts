import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { BlobKey, DocumentId } from '../../src/contract/identifiers.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import {
  accountKey,
  blobKey,
  documentPrefix,
  manifestKey,
  pagesPrefix,
  referenceKey,
  removalNoteKey,
  requestKey,
  savedResultKey,
  tombstoneKey,
  uploadReferenceKey,
  workerSnapshotKey,
} from '../../src/storage/object-keys.ts'
import { readJson, writeJson } from '../../src/storage/read-blob.ts'
import { writeReference } from '../../src/storage/store-blob.ts'
import type { Tombstone } from '../../src/storage/tombstone.ts'
import { methodsOf, testKey } from './blobs.ts'
import {
  DAY,
  HOUR,
  openBench,
  shaOf,
  swept,
  type SweepBench,
  type SweptStore,
} from './sweep-bench.ts'

const A = shaOf('a')
const B = shaOf('b')

/** What a sweep removes and what it leaves, on one kind of store. */
export function describeSweep(kind: string, open: () => Promise<SweptStore>): void {
  describe(`sweepStore, ${kind}`, () => {
    let bench: SweepBench
    let dispose: () => Promise<void>
    beforeEach(async () => {
      ;({ bench, dispose } = await openBench(open))
    })
    afterEach(() => dispose())

    const isThere = (key: BlobKey): Promise<boolean> => bench.isThere(key)
    const isWhole = async (id: DocumentId): Promise<boolean> =>
      (await isThere(requestKey(id))) && (await isThere(manifestKey(id)))

    it('keeps a document for 29 days after its end, and removes it with its file after 31', async () => {
      const id = await bench.addDocument({ sha256: A })

      const early = await bench.sweep({ afterMs: 29 * DAY })
      const isKept = (await isWhole(id)) && (await isThere(blobKey(A)))
      const late = await bench.sweep({ afterMs: 31 * DAY })

      assert.deepEqual([swept(early), isKept], [{}, true])
      assert.equal(late.documents, 1)
      assert.equal(late.blobs, 1)
      assert.equal(late.objects, 5)
      assert.deepEqual(await bench.keys(), [])
    })

    it('keeps the file and the pages that a younger document has as well', async () => {
      const old = await bench.addDocument({ sha256: A })
      const young = await bench.addDocument({ sha256: A })
      // Its run was reset, and ended 20 days later.
      bench.runs.set(young, { isRunning: false, closedAtMs: Date.now() + 20 * DAY })

      await bench.sweep({ afterMs: 31 * DAY })

      assert.deepEqual([await isWhole(old), await isWhole(young)], [false, true])
      assert.deepEqual(
        [await isThere(referenceKey(A, old)), await isThere(referenceKey(A, young))],
        [false, true],
      )
      assert.equal(await isThere(blobKey(A)), true)
      assert.equal((await bench.keys(pagesPrefix(A))).length, 1)
    })

    it('never touches a running document, however old it is', async () => {
      const id = await bench.addDocument({ sha256: A, dialect: 'py-ocr' }, 'running')
      const reset = await bench.addDocument({ sha256: B, dialect: 'py-ocr' })
      bench.runs.set(reset, { isRunning: true, closedAtMs: null })
      const before = await bench.keys()

      const counts = await bench.sweep({ afterMs: 40 * DAY })

      assert.deepEqual(swept(counts), {})
      assert.deepEqual(await bench.keys(), before)
      assert.ok(bench.asked.includes(id) && bench.asked.includes(reset))
    })

    it('asks Temporal of no document whose time is not over', async () => {
      await bench.addDocument({ sha256: A })
      await bench.addDocument({ sha256: B }, 'running')

      await bench.sweep({ afterMs: 23 * HOUR })

      assert.deepEqual(bench.asked, [])
    })

    it('removes what was never started after a day', async () => {
      const id = await bench.addDocument({ sha256: A }, 'never started')
      await writeReference(bench.store, referenceKey(B, id))

      const early = await bench.sweep({ afterMs: 23 * HOUR })
      const late = await bench.sweep({ afterMs: 25 * HOUR })

      assert.deepEqual(swept(early), {})
      assert.equal(late.documents, 1)
      assert.equal(late.references, 1)
      assert.deepEqual(await bench.keys(), [])
    })

    it('removes what ended without a manifest by the time when it ended', async () => {
      const id = await bench.addDocument({ sha256: A }, 'never started')
      bench.runs.set(id, { isRunning: false, closedAtMs: Date.now() + 5 * DAY })

      await bench.sweep({ afterMs: 34 * DAY })
      const isKept = await isThere(requestKey(id))
      await bench.sweep({ afterMs: 36 * DAY })

      assert.deepEqual([isKept, await isThere(requestKey(id))], [true, false])
    })

    it('leaves a tombstone while Temporal knows the id, and removes it afterwards', async () => {
      const id = await bench.addDocument({ sha256: A })
      bench.runs.set(id, { isRunning: false, closedAtMs: Date.now() })

      await bench.sweep({ afterMs: 8 * DAY, rules: { resultsDays: 7 } })
      const left = await bench.keys()
      const tombstone = await readJson<Tombstone>(bench.store, tombstoneKey(id))
      await bench.sweep({ afterMs: 30 * DAY, rules: { resultsDays: 7 } })
      const isStillThere = await isThere(tombstoneKey(id))
      await bench.sweep({ afterMs: 32 * DAY, rules: { resultsDays: 7 } })

      assert.deepEqual(left, [tombstoneKey(id)])
      assert.equal(tombstone?.documentSha256, A)
      assert.deepEqual([isStillThere, await bench.keys()], [true, []])
    })

    it('finishes a DELETE that was cut short', async () => {
      const id = await bench.addDocument({ sha256: A })
      const tombstone: Tombstone = { deletedAt: new Date().toISOString(), documentSha256: A }
      await writeJson(bench.store, tombstoneKey(id), tombstone)

      await bench.sweep({ afterMs: HOUR })

      assert.deepEqual(await bench.keys(), [tombstoneKey(id)])
    })

    it('lets go of what Py OCR calls temporary after a day, and keeps its results', async () => {
      const id = await bench.addDocument({ sha256: A, dialect: 'py-ocr' })
      const other = await bench.addDocument({ sha256: B, dialect: 'v1' })

      await bench.sweep({ afterMs: 23 * HOUR })
      const isKept = await isThere(blobKey(A))
      const counts = await bench.sweep({ afterMs: 25 * HOUR })

      assert.equal(isKept, true)
      assert.deepEqual(swept(counts), {
        intermediates: 1,
        blobs: 1,
        objects: 3,
        bytes: counts.bytes,
      })
      assert.deepEqual([await isWhole(id), await isThere(blobKey(A))], [true, false])
      assert.deepEqual(await bench.keys(pagesPrefix(A)), [])
      assert.deepEqual([await isWhole(other), await isThere(blobKey(B))], [true, true])
    })

    it('removes an upload that no document was made of after a day', async () => {
      const upload = uploadReferenceKey(A, '550e8400-e29b-41d4-a716-446655440009')
      await bench.addBlob(A)
      await writeReference(bench.store, upload)

      await bench.sweep({ afterMs: 23 * HOUR })
      const isKept = (await isThere(blobKey(A))) && (await isThere(upload))
      const counts = await bench.sweep({ afterMs: 25 * HOUR })

      assert.equal(isKept, true)
      assert.deepEqual([counts.uploads, counts.blobs, await bench.keys()], [1, 1, []])
    })

    it('removes by their age texts, snapshots and notes, and no account ever', async () => {
      const options = { contentType: 'text/plain' }
      const account = accountKey('admin')
      const saved = savedResultKey('ocr_result_20260101_000000.txt')
      await bench.store.put(saved, Buffer.from('text'), options)
      const worker = workerSnapshotKey({ host: 'gpu', role: 'ocr-gpu-dots', serverHash: 'ab' })
      await writeJson(bench.store, worker, {})
      await writeJson(bench.store, removalNoteKey(A, 'x'), {})
      await writeJson(bench.store, account, {})

      const afterADay = await bench.sweep({ afterMs: 25 * HOUR })
      const left = await bench.keys()
      const afterAMonth = await bench.sweep({ afterMs: 31 * DAY })
      await bench.sweep({ afterMs: 4_000 * DAY })

      assert.deepEqual([afterADay.workerSnapshots, afterADay.leftovers], [1, 1])
      assert.deepEqual([left, afterAMonth.savedResults], [[account, saved], 1])
      assert.deepEqual(await bench.keys(), [account])
    })

    it('counts in a dry run what a sweep removes, and removes nothing', async () => {
      const known = await bench.addDocument({ sha256: A })
      bench.runs.set(known, { isRunning: false, closedAtMs: Date.now() })
      await bench.addDocument({ sha256: A })
      await bench.addDocument({ sha256: B, dialect: 'py-ocr' })
      await writeReference(bench.store, uploadReferenceKey(B, 'x'))
      const before = await bench.keys()

      const dry = await bench.sweep({ afterMs: 31 * DAY, dryRun: true })
      const unchanged = await bench.keys()
      const wet = await bench.sweep({ afterMs: 31 * DAY })

      assert.deepEqual(unchanged, before)
      assert.deepEqual([dry.documents, dry.blobs, dry.uploads], [3, 2, 1])
      assert.deepEqual(dry, wet)
    })

    it('removes pages that were written after their file had gone, once they are a day old', async () => {
      await bench.addBlob(A)
      await bench.store.delete(blobKey(A))
      const used = await bench.addDocument({ sha256: B }, 'running')
      await bench.store.delete(blobKey(B))

      await bench.sweep({ afterMs: 23 * HOUR })
      const early = await bench.keys(pagesPrefix(A))
      const dry = await bench.sweep({ afterMs: 25 * HOUR, dryRun: true })
      const counts = await bench.sweep({ afterMs: 25 * HOUR })

      assert.equal(early.length, 1)
      assert.deepEqual(swept(counts), { blobs: 1, objects: 1, bytes: 3 })
      assert.deepEqual(dry, counts)
      assert.deepEqual(await bench.keys(pagesPrefix(A)), [])
      assert.equal((await bench.keys(pagesPrefix(B))).length, 1)
      assert.ok(await isThere(referenceKey(B, used)))
    })

    it('looks at a reference with one call, and at several at once', async () => {
      for (let count = 0; count < 8; count++) await bench.addDocument({ sha256: A }, 'running')
      const calls: string[] = []
      let [now, most] = [0, 0]
      const store: BlobStore = {
        ...methodsOf(bench.store),
        async get(key) {
          calls.push(key)
          now += 1
          most = Math.max(most, now)
          const blob = await bench.store.get(key)
          now -= 1
          return blob
        },
        head(key) {
          calls.push(key)
          return bench.store.head(key)
        },
      }

      await bench.sweep({ afterMs: 25 * HOUR, store })

      assert.deepEqual([calls.length, most], [8, 8])
    })

    it('sweeps 2,500 objects in several listings and steps, each once', async () => {
      const id = await bench.addDocument({ sha256: A })
      await bench.addDocument({ sha256: B })
      const options = { contentType: 'application/json' }
      const pages = Array.from({ length: 2_500 }, (_, place) => place + 1)
      for (let start = 0; start < pages.length; start += 50)
        await Promise.all(
          pages.slice(start, start + 50).map((page) => {
            const prefix = page % 2 === 0 ? pagesPrefix(A) : documentPrefix(id)
            return bench.store.put(testKey(`${prefix}${page}.json`), Buffer.from('{}'), options)
          }),
        )

      const counts = await bench.sweep({ afterMs: 31 * DAY, objectsPerStep: 2 })

      assert.deepEqual([counts.documents, counts.blobs, counts.objects], [2, 2, 2_510])
      assert.deepEqual(await bench.keys(), [])
      assert.ok(bench.steps >= 3)
    })
  })
}
