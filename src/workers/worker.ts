import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Registry } from '@prometheus-io/client'
import { Client } from '@temporalio/client'
import { createActivityMetrics } from '../activities/activity-metrics.ts'
import { createActivities } from '../activities/index.ts'
import { createSweepActivities } from '../activities/sweep/index.ts'
import type { Config } from '../config/config.ts'
import { loadSigningSecret } from '../config/signing-secret.ts'
import type { EngineId } from '../contract/engines.ts'
import { TASK_QUEUE } from '../contract/names.ts'
import type { OcrEngine } from '../engines/engine.ts'
import { createEngine } from '../engines/registry.ts'
import { workerLogger } from '../platform/logger.ts'
import { serveMetrics } from '../platform/metrics/serve-metrics.ts'
import { sweepTemporaryDirectories } from '../platform/temporary-directory.ts'
import { createBlobStore, refuseWrongSetUp } from '../storage/create-blob-store.ts'
import { SNAPSHOT_EVERY_MS } from '../storage/worker-snapshots.ts'
import { checkNamespace } from './check-namespace.ts'
import { connectWorker } from './connect-worker.ts'
import { createRunFinder } from './document-runs.ts'
import { engineOptionsOf } from './engine-options.ts'
import { createEnginePool, type EnginePool } from './engine-pool.ts'
import { GATE_TIMING, type GateTiming } from './gated-worker.ts'
import { polledQueues, type WorkerQueues } from './role-options.ts'
import { startQueue, type RunningQueue } from './start-queue.ts'
import { startSweepSchedule, type SweepSchedule } from './sweep-schedule.ts'
import { countChildren, countStoreBytes, gaugeCircuits } from './worker-metrics.ts'

/** What tests replace. */
export type WorkerOverrides = {
  /** Stands in for the engines of the registry. */
  readonly engineFor?: (id: EngineId) => OcrEngine
  /** Queue names; a test has queues of its own. */
  readonly queues?: Partial<WorkerQueues>
  /** Of the workers that wait for a model server. */
  readonly gateTiming?: GateTiming
  readonly snapshotEveryMs?: number
}

/** A running worker process. Disposing drains it: what fits the grace ends, the rest runs elsewhere. */
export type RunningWorker = AsyncDisposable & {
  /** Rejects when a worker breaks; resolves after disposal. */
  readonly ended: Promise<void>
}

/** Temporary files older than this belong to a process that died. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000

/**
 * Starts a worker for the configured roles: tries the store and the CPU engine, then waits until
 * Temporal answers. A role on a GPU host takes pages as soon as its model server is ready.
 *
 * @param signal Gives up waiting for Temporal.
 * @throws {OcrError} `STORAGE_UNAVAILABLE`; `PROGRAM_MISSING` or `ENGINE_MISCONFIGURED` when the CPU
 *   engine cannot work
 */
export async function startWorker(
  config: Config,
  signal: AbortSignal,
  overrides: WorkerOverrides = {},
): Promise<RunningWorker> {
  const temporaryDirectory = join(config.dataDirectory, 'tmp')
  await mkdir(temporaryDirectory, { recursive: true })
  await sweepTemporaryDirectories(temporaryDirectory, LEFTOVER_AGE_MS)
  const secret = await loadSigningSecret(config)
  const store = createBlobStore(config.storage, secret.reveal())
  await refuseWrongSetUp(store, config.storage, (message) => workerLogger.warn(message))
  await using setUp = new AsyncDisposableStack()
  const registry = new Registry()
  setUp.use(countChildren(registry))
  const engineOptions = engineOptionsOf(config, temporaryDirectory)
  const pool = setUp.use(createEnginePool((id) => createEngine(id, engineOptions)))
  gaugeCircuits(registry, pool.made)
  const { engineFor, versionOf } = replaced(pool, overrides)
  if (config.worker.roles.includes('ocr-cpu')) {
    // A missing program or model is said here, in one sentence, and not on every page.
    await engineFor(config.engines.cpuEngine).probe(signal)
  }
  const { port } = config.metrics
  setUp.use(await serveMetrics(registry, { host: config.api.host, port, logger: workerLogger }))
  const connection = await connectWorker(config, signal)
  setUp.defer(() => connection.close())
  await checkNamespace(connection, config.temporal.namespace)
  const client = new Client({ connection, namespace: config.temporal.namespace })
  const counted = countStoreBytes(registry, store)
  const sweepActivities = createSweepActivities({
    store: counted,
    findRun: createRunFinder(client),
    retention: config.retention,
    temporaryDirectory,
    nowMs: Date.now,
    onFailure: (code) => workerLogger.warn({ code }, 'something could not be swept'),
  })
  const activities = createActivities({
    store: counted,
    engineFor,
    engineVersionOf: versionOf,
    urlRules: config.api.urlRules,
    temporaryDirectory,
    webhooks: { ...config.webhooks, publicUrl: config.api.publicUrl },
    metrics: createActivityMetrics(registry),
  })
  const running: RunningQueue[] = []
  // Together: each may need the whole grace.
  setUp.defer(async () => {
    await Promise.all(running.map((queue) => queue[Symbol.asyncDispose]()))
  })
  const queues: WorkerQueues = { ...TASK_QUEUE, ...overrides.queues }
  const polled = polledQueues(config, queues)
  const gateTiming = overrides.gateTiming ?? GATE_TIMING
  const snapshotEveryMs = overrides.snapshotEveryMs ?? SNAPSHOT_EVERY_MS
  const shared = {
    config,
    connection,
    activities: { ...activities, ...sweepActivities },
    store,
    engineFor,
    gateTiming,
    snapshotEveryMs,
  }
  for (const queue of polled) running.push(await startQueue(queue, shared))
  if (config.worker.roles.includes('documents'))
    setUp.use(startSweepSchedule(client, sweepScheduleOf(config, queues)))
  workerLogger.info(
    { slots: Object.fromEntries(polled.map(({ options, slots }) => [options.taskQueue, slots])) },
    'worker started',
  )
  const resources = setUp.move()
  return {
    ended: Promise.all(running.map(({ ended }) => ended)).then(() => undefined),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function sweepScheduleOf({ retention }: Config, queues: WorkerQueues): SweepSchedule {
  return { documentsQueue: queues.documents, input: { ...retention, cpuQueue: queues.cpu } }
}

function replaced(
  pool: EnginePool,
  { engineFor }: WorkerOverrides,
): Pick<EnginePool, 'engineFor' | 'versionOf'> {
  return engineFor === undefined ? pool : { engineFor, versionOf: (id) => engineFor(id).version }
}
