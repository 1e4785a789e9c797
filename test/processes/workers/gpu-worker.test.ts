import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { before, describe, it } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import { loadConfig } from '../../../src/config/config.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { createBlobStore } from '../../../src/storage/create-blob-store.ts'
import { readWorkerSnapshots } from '../../../src/storage/worker-snapshots.ts'
import { startWorker } from '../../../src/workers/worker.ts'
import { temporalAddress } from '../../support/temporal-address.ts'
import { until } from '../../support/until.ts'

const GATE_TIMING = { waitProbeMs: 50, watchProbeMs: 50, unhealthyMs: 200, probeTimeoutMs: 1_000 }

before(() => setLogLevel('silent'))

describe('a worker on a GPU host', () => {
  it('polls its queue only while the model server answers', async () => {
    await using directory = await mkdtempDisposable(`${tmpdir()}/gpu-worker-`)
    const queue = `dots-${randomUUID()}`
    const server = { isUp: false }
    const config = loadConfig({
      TEMPORAL_ADDRESS: temporalAddress(),
      OCR_DATA_DIR: directory.path,
      OCR_WORKER_ROLES: 'ocr-gpu-dots',
      OCR_DOTS_URL: 'http://127.0.0.1:1',
      OCR_SHUTDOWN_GRACE_S: '1',
    })
    const connection = await Connection.connect({ address: temporalAddress() })
    const client = new Client({ connection })
    const store = createBlobStore(config.storage, 'x')
    const snapshots = () => readWorkerSnapshots(store)
    const lastPoll = async (): Promise<number> => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: queue },
        taskQueueType: 2,
      })
      return Math.max(0, ...(pollers ?? []).map((poller) => Number(poller.lastAccessTime?.seconds)))
    }

    const worker = await startWorker(config, AbortSignal.timeout(120_000), {
      engineFor: () => fakeEngine(server),
      queues: { dots: queue },
      gateTiming: GATE_TIMING,
      snapshotEveryMs: 60_000,
    })
    await until(async () => (await snapshots()).length === 1, 'the worker tells of itself')
    assert.equal((await snapshots())[0]?.isReady, false)
    assert.equal(await lastPoll(), 0)

    server.isUp = true
    await until(async () => (await lastPoll()) > 0, 'the queue is polled')
    await until(async () => (await snapshots())[0]?.isReady === true, 'the worker says so')

    server.isUp = false
    await until(async () => (await snapshots())[0]?.isReady === false, 'it has stopped')

    server.isUp = true
    await until(async () => (await snapshots())[0]?.isReady === true, 'it polls again')

    await worker[Symbol.asyncDispose]()
    await worker.ended
    await connection.close()
  })
})

function fakeEngine(server: { readonly isUp: boolean }): OcrEngine {
  return {
    id: 'dots',
    version: 'fake-1',
    recognize: () => Promise.reject(new Error('not used')),
    probe: async () => {
      if (!server.isUp) throw new OcrError('ENGINE_UNREACHABLE', 'Cannot reach it: refused')
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
