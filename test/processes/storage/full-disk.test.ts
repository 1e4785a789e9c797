import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { storeUpload } from '../../../src/api/uploads/store-upload.ts'
import { drawPages } from '../../../src/documents/draw-pages.ts'
import type { DocumentId } from '../../../src/contract/identifiers.ts'
import { writePageFiles } from '../../../src/engines/page-files.ts'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { tombstoneKey } from '../../../src/storage/object-keys.ts'
import { createS3BlobStore } from '../../../src/storage/s3-blob-store.ts'
import { bytesOf, testKey } from '../../support/blobs.ts'
import { goodPdf } from '../../support/pdf-kernel.ts'
import { noOwnS3, startOwnS3, type OwnS3 } from '../../support/s3-server.ts'
import { mountSmallDisk, noSmallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { DAY, shaOf, SweepBench } from '../../support/sweep-bench.ts'
import { GatewayBench } from '../../support/test-gateway.ts'

const text = { contentType: 'text/plain' }
const full = { code: 'STORAGE_FULL' }
const MIB = 1024 * 1024
const key = testKey('full/object')

/** Old bytes stay, new ones are not to be seen, and once there is room all is as ever. */
async function refusesWhole(store: BlobStore, disk: SmallDisk): Promise<void> {
  await store.put(key, Buffer.from('old'), text)
  await disk.fill(MIB)

  await assert.rejects(store.put(key, Buffer.alloc(3 * MIB, 'n'), text), full)
  await assert.rejects(store.put(testKey('full/other'), Buffer.alloc(3 * MIB, 'n'), text), full)

  const blob = await store.get(key)
  assert.ok(blob !== null)
  assert.equal((await bytesOf(blob.body)).toString(), 'old')
  assert.equal(await store.head(testKey('full/other')), null)
  await disk.clear()
  await store.put(key, Buffer.alloc(3 * MIB, 'n'), text)
  assert.equal((await store.head(key))?.sizeBytes, 3 * MIB)
}

describe('a full disk', { skip: noSmallDisk() }, () => {
  let disk: SmallDisk
  beforeEach(async () => {
    disk = await mountSmallDisk(16)
  })
  afterEach(() => disk.dispose())

  it('refuses an object of the directory store whole, with STORAGE_FULL', async () => {
    const path = join(disk.path, 'store')
    const store = createDirectoryBlobStore({ path, secret: 'x' })

    await refusesWhole(store, disk)

    assert.deepEqual(await readdir(join(path, 'tmp')), [])
  })

  it('refuses an upload with STORAGE_FULL, and keeps nothing of it', async () => {
    const temporaryDirectory = join(disk.path, 'uploads')
    await mkdir(temporaryDirectory)
    await disk.fill(MIB)

    const stored = storeUpload([Buffer.alloc(3 * MIB)], {
      maxBytes: 10 * MIB,
      temporaryDirectory,
      fileName: 'a.pdf',
    })

    await assert.rejects(stored, full)
    assert.deepEqual(await readdir(temporaryDirectory), [])
  })

  it('ends the drawing of pages with STORAGE_FULL, and not a page with a code of its own', async () => {
    const path = join(disk.path, 'upload.pdf')
    await writeFile(path, goodPdf())
    const directory = join(disk.path, 'drawn')
    await mkdir(directory)
    await disk.fill()

    const drawn = Array.fromAsync(
      drawPages(
        { path, mediaType: 'pdf', password: null, maxImageSidePx: null },
        { pages: [1], dpi: 200, directory, signal: new AbortController().signal },
      ),
    )

    await assert.rejects(drawn, full)
  })

  it('ends the hand-over of a page to its engine with STORAGE_FULL', async () => {
    const image = { png: Buffer.alloc(2 * MIB), widthPx: 1, heightPx: 1, dpi: 200 }
    await disk.fill(MIB)

    await assert.rejects(writePageFiles(image, join(disk.path, 'pages')), full)
  })
})

describe('a full disk, that is to be emptied', { skip: noSmallDisk() }, () => {
  let disk: SmallDisk
  beforeEach(async () => {
    disk = await mountSmallDisk(16)
  })
  afterEach(() => disk.dispose())

  it('makes room by a DELETE, whose document is unknown from then on', async () => {
    const bench = new GatewayBench(disk.path)
    const sent = await bench.submission('x'.repeat(2 * MIB))
    const { documentId } = await bench.gateway.submit(sent)
    bench.temporal.runs.set(documentId, { state: 'completed' })
    await disk.fill()
    await assert.rejects(bench.store.put(key, Buffer.from('new'), text), full)

    const isDeleted = await bench.gateway.delete(documentId)

    const { blobs } = await bench.store.list('')
    assert.deepEqual([isDeleted, blobs.map((blob) => blob.key)], [true, [tombstoneKey(documentId)]])
    assert.equal(await bench.anotherGateway().status(documentId), null)
    await bench.store.put(key, Buffer.alloc(MIB), text)
  })

  it('keeps nobody from seeing how a document ended that left no manifest', async () => {
    const bench = new GatewayBench(disk.path)
    const { documentId } = await bench.gateway.submit(await bench.submission('x'))
    bench.temporal.runs.set(documentId, { state: 'terminated' })
    await disk.fill()

    const status = await bench.anotherGateway().status(documentId)

    assert.equal(status?.state, 'failed')
  })

  it('makes room by a sweep, whose documents are unknown from then on', async () => {
    const path = join(disk.path, 'store')
    const store = createDirectoryBlobStore({ path, secret: 'x' })
    const bench = new SweepBench(store, join(disk.path, 'tmp'))
    const ids: DocumentId[] = []
    for (let count = 0; count < 12; count++) {
      const id = await bench.addDocument({ sha256: shaOf(`${count}`) })
      bench.runs.set(id, { isRunning: false, closedAtMs: Date.now() })
      ids.push(id)
    }
    await disk.fill()
    await assert.rejects(store.put(key, Buffer.from('new'), text), full)

    const counts = await bench.sweep({ afterMs: 31 * DAY })

    assert.deepEqual([counts.documents, counts.failures], [12, 0])
    assert.deepEqual(await bench.keys(), ids.map(tombstoneKey).toSorted())
    await store.put(key, Buffer.from('new'), text)
  })
})

describe('a full disk of an S3 server', { skip: noSmallDisk() || (await noOwnS3()) }, () => {
  let disk: SmallDisk
  let server: OwnS3
  const givenDirectory = process.env['TMPDIR']
  before(async () => {
    disk = await mountSmallDisk(32)
    // The server's directory is made there.
    process.env['TMPDIR'] = disk.path
    try {
      server = await startOwnS3()
    } finally {
      if (givenDirectory === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = givenDirectory
    }
  })
  after(async () => {
    await server.dispose()
    await disk.dispose()
  })

  it('refuses an object whole, with STORAGE_FULL', async () => {
    await refusesWhole(createS3BlobStore({ ...server.settings, secret: 'x' }), disk)
  })

  it('makes room by a sweep, whose documents are unknown from then on', async () => {
    const store = createS3BlobStore({ ...server.settings, secret: 'x' })
    await store.delete(key)
    const bench = new SweepBench(store, join(disk.path, 'tmp'))
    const id = await bench.addDocument({ sha256: shaOf('a') })
    bench.runs.set(id, { isRunning: false, closedAtMs: Date.now() })
    await disk.fill()
    await assert.rejects(store.put(key, Buffer.alloc(MIB), text), full)

    const counts = await bench.sweep({ afterMs: 31 * DAY })

    assert.deepEqual([counts.documents, counts.failures], [1, 0])
    assert.deepEqual(await bench.keys(), [tombstoneKey(id)])
    await disk.clear()
  })
})
