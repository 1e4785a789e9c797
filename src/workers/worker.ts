import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker, type WorkerOptions } from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import type { Config, WorkerRole } from '../config/config.ts'
import { loadSigningSecret } from '../config/signing-secret.ts'
import type { EngineId } from '../contract/engines.ts'
import { TASK_QUEUE } from '../contract/names.ts'
import type { OcrEngine } from '../engines/engine.ts'
import { createEngine } from '../engines/registry.ts'
import { workerLogger } from '../platform/logger.ts'
import { sweepTemporaryDirectories } from '../platform/temporary-directory.ts'
import { createDirectoryBlobStore } from '../storage/directory-blob-store.ts'
import { connectWorker } from './connect-worker.ts'
import { createEnginePool } from './engine-pool.ts'
import { workflowSource } from './workflow-source.ts'

/** What tests replace. */
export type WorkerOverrides = {
  /** Stands in for the engines of the registry. */
  readonly engineFor?: (id: EngineId) => OcrEngine
  /** Queue names by role; a test has queues of its own. */
  readonly queues?: { readonly documents: string; readonly cpu: string }
}

/** A running worker process. Disposing drains it: what fits the grace ends, the rest runs elsewhere. */
export type RunningWorker = AsyncDisposable & {
  /** Rejects when a worker breaks; resolves after disposal. */
  readonly ended: Promise<void>
}

/** Temporary files older than this belong to a process that died. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000

/** Open documents whose state stays in memory; above it every step replays a history. */
const MAX_CACHED_WORKFLOWS = 200

/**
 * Starts a worker for the configured roles. Waits until Temporal answers.
 *
 * @param signal Gives up waiting for Temporal.
 * @throws {Error} when the store, an engine or the workflow bundle cannot be set up
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
  const store = createDirectoryBlobStore({ path: config.storage.path, secret: secret.reveal() })
  await using setUp = new AsyncDisposableStack()
  const pool = setUp.use(
    createEnginePool((id) =>
      createEngine(id, {
        slots: config.worker.cpuSlots,
        temporaryDirectory,
        paddleModelsDirectory: config.engines.paddleModelsDirectory,
      }),
    ),
  )
  const connection = await connectWorker(config.temporal, signal)
  setUp.defer(() => connection.close())
  const activities = createActivities({
    store,
    engineFor: overrides.engineFor ?? pool.engineFor,
    temporaryDirectory,
  })
  const queues = overrides.queues ?? TASK_QUEUE
  const common = {
    connection,
    namespace: config.temporal.namespace,
    shutdownGraceTime: config.worker.shutdownGraceMs,
    shutdownForceTime: config.worker.shutdownGraceMs + 10_000,
  } satisfies Partial<WorkerOptions>
  const optionsOf: Record<WorkerRole, WorkerOptions> = {
    documents: {
      ...common,
      ...workflowSource(config.worker.workflowBundlePath),
      taskQueue: queues.documents,
      maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
      // A killed worker's open runs wait this long for it before another one takes them.
      stickyQueueScheduleToStartTimeout: '3s',
    },
    'ocr-cpu': {
      ...common,
      taskQueue: queues.cpu,
      activities,
      maxConcurrentActivityTaskExecutions: config.worker.cpuSlots,
      maxConcurrentActivityTaskPolls: config.worker.cpuSlots,
      // A cancel reaches an activity in the reply to a heartbeat: this is how late it may be.
      maxHeartbeatThrottleInterval: config.worker.heartbeatThrottleMs,
      defaultHeartbeatThrottleInterval: config.worker.heartbeatThrottleMs,
    },
  }
  const workers: Worker[] = []
  for (const role of config.worker.roles) workers.push(await Worker.create(optionsOf[role]))
  workerLogger.info({ roles: config.worker.roles, slots: config.worker.cpuSlots }, 'worker started')
  const runs = workers.map((worker) => worker.run())
  const resources = setUp.move()
  return {
    ended: Promise.all(runs).then(() => undefined),
    async [Symbol.asyncDispose]() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
      await Promise.allSettled(runs)
      await resources.disposeAsync()
    },
  }
}
