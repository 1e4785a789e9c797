import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { workerSnapshotKey } from '../../../src/storage/object-keys.ts'
import { writeJson } from '../../../src/storage/read-blob.ts'
import {
  readWorkerSnapshots,
  sweepWorkerSnapshots,
  writeWorkerSnapshot,
  type WorkerSnapshot,
} from '../../../src/storage/worker-snapshots.ts'
import { gpuSnapshot } from '../../support/gpu-snapshot.ts'

const NOW_MS = Date.parse('2026-11-26T12:00:00.000Z')
const NAME = { host: 'gpu1', role: 'ocr-gpu-dots', serverHash: '0a1b2c3d' }

function snapshotOf(secondsAgo: number): WorkerSnapshot {
  return gpuSnapshot(NOW_MS - secondsAgo * 1000)
}

async function openStore() {
  const directory = await mkdtempDisposable(join(tmpdir(), 'snapshots-'))
  const store = createDirectoryBlobStore({ path: directory.path, secret: 'x' })
  return { store, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

describe('readWorkerSnapshots', () => {
  it('finds none in an empty store', async () => {
    await using opened = await openStore()

    assert.deepEqual(await readWorkerSnapshots(opened.store, NOW_MS), [])
  })

  it('reads what every worker told last', async () => {
    await using opened = await openStore()
    const other = { ...NAME, serverHash: 'ffffffff' }
    await writeWorkerSnapshot(opened.store, NAME, snapshotOf(20))
    await writeWorkerSnapshot(opened.store, NAME, snapshotOf(1))
    await writeWorkerSnapshot(opened.store, other, { ...snapshotOf(2), gpus: null })

    const read = await readWorkerSnapshots(opened.store, NOW_MS)

    assert.deepEqual(read, [snapshotOf(1), { ...snapshotOf(2), gpus: null }])
  })

  it('ignores a worker that has been silent for more than 30 s', async () => {
    await using opened = await openStore()
    await writeWorkerSnapshot(opened.store, NAME, snapshotOf(31))

    assert.deepEqual(await readWorkerSnapshots(opened.store, NOW_MS), [])
  })

  it('sees a living worker behind more dead ones than a listing has room for', async () => {
    await using opened = await openStore()
    for (let dead = 0; dead < 1_001; dead++)
      await writeWorkerSnapshot(opened.store, { ...NAME, host: `a${dead}` }, snapshotOf(3_600))
    await writeWorkerSnapshot(opened.store, { ...NAME, host: 'z' }, snapshotOf(1))

    assert.deepEqual(await readWorkerSnapshots(opened.store, NOW_MS), [snapshotOf(1)])
  })

  it('sweeps what was told a day ago, and nothing else', async () => {
    await using opened = await openStore()
    await writeWorkerSnapshot(opened.store, NAME, snapshotOf(0))
    const dayMs = 24 * 60 * 60 * 1000

    await sweepWorkerSnapshots(opened.store, Date.now() + dayMs - 60_000)
    assert.notEqual(await opened.store.head(workerSnapshotKey(NAME)), null)
    await sweepWorkerSnapshots(opened.store, Date.now() + dayMs + 60_000)

    assert.equal(await opened.store.head(workerSnapshotKey(NAME)), null)
  })

  it('ignores what another version wrote', async () => {
    await using opened = await openStore()
    await writeJson(opened.store, workerSnapshotKey(NAME), { ...snapshotOf(1), slots: 'many' })

    assert.deepEqual(await readWorkerSnapshots(opened.store, NOW_MS), [])
  })
})

describe('workerSnapshotKey', () => {
  it('makes a key of any host name', () => {
    assert.equal(
      workerSnapshotKey({ ...NAME, host: 'gpu_1/../x é' }),
      'workers/gpu-1-..-x---ocr-gpu-dots-0a1b2c3d.json',
    )
  })
})
