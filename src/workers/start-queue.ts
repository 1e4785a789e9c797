import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker'
import type { Activities } from '../activities/index.ts'
import type { SweepActivities } from '../activities/sweep/index.ts'
import type { Config } from '../config/config.ts'
import type { EngineId } from '../contract/engines.ts'
import type { OcrEngine } from '../engines/engine.ts'
import { workerLogger } from '../platform/logger.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { activityLogContext } from './activity-log-context.ts'
import { startGatedWorker, type GateTiming } from './gated-worker.ts'
import { startGpuSnapshots } from './gpu-snapshot.ts'
import { probeReason } from './probe-reason.ts'
import type { GpuEngineId, PolledQueue } from './role-options.ts'

/** What the queues of a process share. */
export type QueueDependencies = {
  readonly config: Config
  readonly connection: NativeConnection
  readonly activities: Activities & SweepActivities
  readonly store: BlobStore
  readonly engineFor: (id: EngineId) => OcrEngine
  readonly gateTiming: GateTiming
  /** Between two snapshots of a GPU worker. */
  readonly snapshotEveryMs: number
}

/** A queue that is polled. Disposing drains it. */
export type RunningQueue = AsyncDisposable & {
  /** Rejects when its worker breaks; resolves after disposal. */
  readonly ended: Promise<void>
}

const START_PROBE_MS = 10_000

/** Starts to poll a queue; one with a gate as soon as its engine is ready. */
export async function startQueue(
  polled: PolledQueue,
  deps: QueueDependencies,
): Promise<RunningQueue> {
  if (polled.gate !== null) return startGatedQueue(polled, polled.gate, deps)
  const worker = await Worker.create(workerOptions(polled, deps))
  const ended = worker.run()
  // Told to whoever awaits `ended`, once everything has started.
  ended.catch(() => undefined)
  const ending = new AbortController()
  if (polled.engine !== null)
    void warnUnlessReady(polled, deps.engineFor(polled.engine), ending.signal)
  return {
    ended,
    async [Symbol.asyncDispose]() {
      ending.abort()
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await Promise.allSettled([ended])
    },
  }
}

function startGatedQueue(
  polled: PolledQueue,
  engine: GpuEngineId,
  deps: QueueDependencies,
): RunningQueue {
  const { role } = polled
  const { store, config, snapshotEveryMs: everyMs } = deps
  let isReady = false
  const snapshots = startGpuSnapshots({
    store,
    config,
    role,
    engine,
    everyMs,
    isReady: () => isReady,
  })
  const gate = startGatedWorker({
    role,
    probe: (signal) => deps.engineFor(engine).probe(signal),
    create: () => Worker.create(workerOptions(polled, deps)),
    timing: deps.gateTiming,
    onChange: (nowReady) => {
      isReady = nowReady
      snapshots.tellNow()
    },
  })
  return {
    ended: gate.ended,
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]()
      await snapshots[Symbol.asyncDispose]()
    },
  }
}

function workerOptions(
  { options, work }: PolledQueue,
  { connection, activities }: QueueDependencies,
): WorkerOptions {
  const { recognizePage, deliverWebhook, readDocumentEnd } = activities
  const interceptors = { activity: [activityLogContext] }
  switch (work) {
    case 'workflows':
      return { ...options, connection }
    case 'activities':
      return { ...options, connection, interceptors, activities }
    case 'pages':
      return { ...options, connection, interceptors, activities: { recognizePage } }
    case 'webhooks': {
      const telling = { deliverWebhook, readDocumentEnd }
      return { ...options, connection, interceptors, activities: telling }
    }
  }
}

/** A remote service may be back before a page comes: said in the log, and no reason not to start. */
async function warnUnlessReady(
  { options }: PolledQueue,
  engine: OcrEngine,
  signal: AbortSignal,
): Promise<void> {
  const reason = await probeReason({
    probe: (signal) => engine.probe(signal),
    timeoutMs: START_PROBE_MS,
    signal,
  })
  if (reason !== null && !signal.aborted)
    workerLogger.warn({ queue: options.taskQueue, reason }, 'the engine is not ready yet')
}
