import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkGpuWorkers } from '../../../../src/cli/doctor/check-gpu-workers.ts'
import { createBlobStore } from '../../../../src/storage/create-blob-store.ts'
import {
  writeWorkerSnapshot,
  type WorkerSnapshot,
} from '../../../../src/storage/worker-snapshots.ts'
import { gpuSnapshot } from '../../../support/gpu-snapshot.ts'

describe('checkGpuWorkers', () => {
  it('tells GPU and slots of each worker, and warns of one whose model server is not ready', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'doctor-'))
    const store = createBlobStore({ kind: 'directory', path: directory.path }, 'a secret of a test')
    const write = async (change: Partial<WorkerSnapshot>): Promise<void> => {
      const snapshot = { ...gpuSnapshot(Date.now()), ...change }
      await writeWorkerSnapshot(store, { ...snapshot, serverHash: 'a' }, snapshot)
    }
    await write({})
    await write({ host: 'gpu2', isReady: false, gpus: null })

    const findings = await checkGpuWorkers(store)

    assert.deepEqual(findings, [
      {
        name: 'GPU worker gpu1',
        status: 'ok',
        detail: 'ocr-gpu-dots, model, 32 slots, NVIDIA H100 with 40 of 80 GiB free',
      },
      {
        name: 'GPU worker gpu2',
        status: 'warning',
        detail: 'ocr-gpu-dots, model, 32 slots, GPUs unknown: its model server is not ready',
      },
    ])
  })
})
