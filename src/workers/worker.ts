import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker'
import { createActivities, type Activities } from '../activities/index.ts'
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

/** After the grace, activities that do not stop when told to are abandoned. */
const FORCE_AFTER_GRACE_MS = 10_000

/** Open documents whose state stays in memory; above it every step replays a history. */
const MAX_CACHED_WORKFLOWS = 200

/**
 * Starts a worker for the configured roles: tries the store and the CPU engine, then waits until
 * Temporal answers.
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
  const engineFor = overrides.engineFor ?? pool.engineFor
  if (config.worker.roles.includes('ocr-cpu')) {
    // A missing program or model is said here, in one sentence, and not on every page.
    await store.ping()
    await engineFor(config.engines.cpuEngine).probe(signal)
  }
  const connection = await connectWorker(config.temporal, signal)
  setUp.defer(() => connection.close())
  const options = roleOptions(config, {
    connection,
    activities: createActivities({ store, engineFor, temporaryDirectory }),
    queues: overrides.queues ?? TASK_QUEUE,
  })
  const workers: Worker[] = []
  for (const role of config.worker.roles) workers.push(await Worker.create(options[role]))
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

function roleOptions(
  { temporal, worker }: Config,
  {
    connection,
    activities,
    queues,
  }: {
    connection: NativeConnection
    activities: Activities
    queues: NonNullable<WorkerOverrides['queues']>
  },
): Record<WorkerRole, WorkerOptions> {
  const common = {
    connection,
    namespace: temporal.namespace,
    shutdownGraceTime: worker.shutdownGraceMs,
    shutdownForceTime: worker.shutdownGraceMs + FORCE_AFTER_GRACE_MS,
  }
  return {
    documents: {
      ...common,
      ...workflowSource(worker.workflowBundlePath),
      taskQueue: queues.documents,
      maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
      // A killed worker's open runs wait this long for it before another one takes them.
      stickyQueueScheduleToStartTimeout: '3s',
    },
    'ocr-cpu': {
      ...common,
      taskQueue: queues.cpu,
      activities,
      maxConcurrentActivityTaskExecutions: worker.cpuSlots,
      maxConcurrentActivityTaskPolls: worker.cpuSlots,
      // A cancel reaches an activity in the reply to a heartbeat: this is how late it may be.
      maxHeartbeatThrottleInterval: worker.heartbeatThrottleMs,
      defaultHeartbeatThrottleInterval: worker.heartbeatThrottleMs,
    },
  }
}
