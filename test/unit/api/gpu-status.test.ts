import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createReadGpuStatus } from '../../../src/api/gpu-status.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { writeWorkerSnapshot, type WorkerSnapshot } from '../../../src/storage/worker-snapshots.ts'

const MIB = 1_048_576

type Gpu = NonNullable<WorkerSnapshot['gpus']>[number]

function gpu(changes: Partial<Gpu> = {}): Gpu {
  return {
    index: 0,
    uuid: 'GPU-0',
    name: 'NVIDIA H100',
    totalMib: 80_000,
    usedMib: 70_000,
    freeMib: 10_000,
    allocatedMib: 60_000,
    utilizationPercent: 0,
    ...changes,
  }
}

function tell(store: BlobStore, host: string, changes: Partial<WorkerSnapshot>): Promise<void> {
  const role = 'ocr-gpu-deepseek'
  return writeWorkerSnapshot(
    store,
    { host, role, serverHash: 'ab' },
    {
      at: new Date().toISOString(),
      host,
      role,
      engine: 'deepseek',
      model: 'deepseek-ai/DeepSeek-OCR',
      isReady: true,
      slots: 32,
      gpus: [gpu()],
      ...changes,
    },
  )
}

async function withStore(use: (store: BlobStore) => Promise<void>): Promise<void> {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'gpu-status-'))
  await use(createDirectoryBlobStore({ path: directory.path, secret: 'x'.repeat(32) }))
}

describe('createReadGpuStatus', () => {
  it('knows of nothing before a worker has told', () =>
    withStore(async (store) => {
      const status = await createReadGpuStatus(store)('deepseek')

      assert.deepEqual(status, { isReady: false, slots: 0, gpu: null })
    }))

  it('adds the slots of ready workers up, and shows the first GPU', () =>
    withStore(async (store) => {
      await tell(store, 'a', { isReady: false, gpus: [gpu({ name: 'idle' })] })
      await tell(store, 'b', { slots: 8 })
      await tell(store, 'c', { slots: 4, gpus: [gpu({ name: 'another' })] })
      await tell(store, 'd', { engine: 'dots', slots: 100 })

      const status = await createReadGpuStatus(store)('deepseek')

      assert.deepEqual(status, {
        isReady: true,
        slots: 12,
        gpu: {
          name: 'NVIDIA H100',
          totalBytes: 80_000 * MIB,
          allocatedBytes: 60_000 * MIB,
          reservedBytes: 70_000 * MIB,
        },
      })
    }))

  it('forgets a worker that has not told for 30 s', () =>
    withStore(async (store) => {
      await tell(store, 'a', { at: new Date(Date.now() - 31_000).toISOString() })

      assert.equal((await createReadGpuStatus(store)('deepseek')).isReady, false)
    }))

  it('takes what is reserved for allocated where programs cannot be seen', () =>
    withStore(async (store) => {
      await tell(store, 'a', { gpus: [gpu({ allocatedMib: null })] })

      const { gpu: shown } = await createReadGpuStatus(store)('deepseek')

      assert.equal(shown?.allocatedBytes, 70_000 * MIB)
    }))

  it('shows no GPU that tells no memory', () =>
    withStore(async (store) => {
      await tell(store, 'a', { gpus: [gpu({ totalMib: null })] })
      await tell(store, 'b', { gpus: null })

      const status = await createReadGpuStatus(store)('deepseek')

      assert.deepEqual([status.isReady, status.gpu], [true, null])
    }))

  it('looks once for callers of the same moment, and again after a failure', () =>
    withStore(async (store) => {
      let looks = 0
      let isDown = false
      const counted: BlobStore = {
        ...store,
        get: (key, range) => store.get(key, range),
        async list(prefix, cursor) {
          looks++
          if (isDown) throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot list objects: down')
          return store.list(prefix, cursor)
        },
      }
      const read = createReadGpuStatus(counted)

      await Promise.all([read('deepseek'), read('dots'), read('deepseek')])
      assert.equal(looks, 1)

      isDown = true
      const failing = createReadGpuStatus(counted)
      await assert.rejects(failing('deepseek'), { code: 'STORAGE_UNAVAILABLE' })
      isDown = false
      assert.equal((await failing('deepseek')).isReady, false)
      assert.equal(looks, 3)
    }))
})
