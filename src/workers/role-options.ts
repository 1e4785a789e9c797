import type { WorkerOptions } from '@temporalio/worker'
import type { Config, WorkerRole } from '../config/config.ts'
import type { EngineId } from '../contract/engines.ts'
import { TASK_QUEUE, type TaskQueue } from '../contract/names.ts'
import { workflowSource } from './workflow-source.ts'

/** The queues that a worker polls; tests have their own. */
export type WorkerQueues = Readonly<Record<keyof typeof TASK_QUEUE, TaskQueue>>

/** An engine beside a worker on a GPU host. */
export type GpuEngineId = Extract<EngineId, 'dots' | 'deepseek'>

/** One queue that a process polls. */
export type PolledQueue = {
  readonly role: WorkerRole
  /** Everything but the connection and the activities. */
  readonly options: WorkerOptions
  /** What runs there: workflows, all activities, or the recognition of pages or webhooks only. */
  readonly work: 'workflows' | 'activities' | 'pages' | 'webhooks'
  /** Pages under way at once, of an engine behind a server at that server; `null`: there are none. */
  readonly slots: number | null
  /** The engine whose server answers for the pages; `null`: none does. */
  readonly engine: EngineId | null
  /** That engine, where pages are taken only while it answers. */
  readonly gate: GpuEngineId | null
}

/** After the grace, activities that do not stop when told to are abandoned. */
const FORCE_AFTER_GRACE_MS = 10_000

/** Open documents whose state stays in memory; above it every step replays a history. */
const MAX_CACHED_WORKFLOWS = 200

/**
 * Pages that a worker takes beyond the slots of a model server: their images are read and resized
 * while they wait in line, so that a slot which becomes free is taken at once.
 */
const SPARE_SHARE = 0.25

/** Webhooks under way at once: they wait for others, and need next to nothing here. */
const WEBHOOK_SLOTS = 50

/** As many as the SDK's own; each is an open call to the server. */
const MAX_POLLS = 10

/** The queues of the configured roles; of `ocr-remote` only those whose engine is set up. */
export function polledQueues(config: Config, queues: WorkerQueues = TASK_QUEUE): PolledQueue[] {
  return config.worker.roles.flatMap((role) => queuesOf(role, config, queues))
}

function queuesOf(role: WorkerRole, config: Config, queues: WorkerQueues): PolledQueue[] {
  const { worker, engines } = config
  const { remoteSlots, remotePagesPerSecond, ollamaSlots, gpuSlots } = worker
  switch (role) {
    case 'documents':
      return [documentsQueue(config, queues.documents), webhooksQueue(config, queues.webhooks)]
    case 'ocr-cpu': {
      const slots = worker.cpuSlots
      const options = activityOptions(config, queues.cpu, slots)
      return [{ role, options, work: 'activities', slots, engine: null, gate: null }]
    }
    case 'ocr-remote': {
      const options = {
        ...activityOptions(config, queues.remote, withSpare(remoteSlots)),
        ...(remotePagesPerSecond === null
          ? {}
          : { maxTaskQueueActivitiesPerSecond: remotePagesPerSecond }),
      }
      const ollama = activityOptions(config, queues.ollama, withSpare(ollamaSlots))
      const pages = { role, work: 'pages', gate: null } as const
      return [
        ...(engines.llm ? [{ ...pages, options, slots: remoteSlots, engine: 'llm' as const }] : []),
        ...(engines.ollama
          ? [{ ...pages, options: ollama, slots: ollamaSlots, engine: 'ollama' as const }]
          : []),
      ]
    }
    case 'ocr-gpu-dots':
    case 'ocr-gpu-deepseek': {
      const engine = role === 'ocr-gpu-dots' ? 'dots' : 'deepseek'
      const options = activityOptions(config, queues[engine], withSpare(gpuSlots))
      return [{ role, options, work: 'pages', slots: gpuSlots, engine, gate: engine }]
    }
  }
}

function withSpare(slots: number): number {
  // Never more than slots: a page waits for one other page at most, as its time limit allows.
  return slots + Math.ceil(slots * SPARE_SHARE)
}

function documentsQueue(config: Config, taskQueue: TaskQueue): PolledQueue {
  const options: WorkerOptions = {
    ...commonOptions(config),
    ...workflowSource(config.worker.workflowBundlePath),
    taskQueue,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    // A killed worker's open runs wait this long for it before another one takes them.
    stickyQueueScheduleToStartTimeout: '3s',
  }
  return { role: 'documents', options, work: 'workflows', slots: null, engine: null, gate: null }
}

function webhooksQueue(config: Config, taskQueue: TaskQueue): PolledQueue {
  const options = activityOptions(config, taskQueue, WEBHOOK_SLOTS)
  return { role: 'documents', options, work: 'webhooks', slots: null, engine: null, gate: null }
}

function activityOptions(config: Config, taskQueue: TaskQueue, slots: number): WorkerOptions {
  const { heartbeatThrottleMs } = config.worker
  return {
    ...commonOptions(config),
    taskQueue,
    maxConcurrentActivityTaskExecutions: slots,
    maxConcurrentActivityTaskPolls: Math.min(slots, MAX_POLLS),
    // A cancel reaches an activity in the reply to a heartbeat: this is how late it may be.
    maxHeartbeatThrottleInterval: heartbeatThrottleMs,
    defaultHeartbeatThrottleInterval: heartbeatThrottleMs,
  }
}

function commonOptions({ temporal, worker }: Config) {
  return {
    namespace: temporal.namespace,
    shutdownGraceTime: worker.shutdownGraceMs,
    shutdownForceTime: worker.shutdownGraceMs + FORCE_AFTER_GRACE_MS,
  }
}
