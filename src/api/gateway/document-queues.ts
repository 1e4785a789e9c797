import { ENGINES, type EngineId } from '../../contract/engines.ts'
import { TASK_QUEUE, type TaskQueue } from '../../contract/names.ts'

/** The queues that documents need whatever reads them; tests have their own. */
export type DocumentQueues = {
  /** Workflows. */
  readonly documents: TaskQueue
  /** All other activities but the recognition of pages by other engines than the built-in ones. */
  readonly cpu: TaskQueue
  /** What tells receivers of webhooks. */
  readonly webhooks: TaskQueue
}

/** The queues of a deployment. */
export const DEPLOYED_QUEUES: DocumentQueues = {
  documents: TASK_QUEUE.documents,
  cpu: TASK_QUEUE.cpu,
  webhooks: TASK_QUEUE.webhooks,
}

/** Where the pages of an engine are recognized. */
export function engineQueueOf(engine: EngineId, queues: DocumentQueues): TaskQueue {
  const queue: TaskQueue = ENGINES[engine].queue
  return queue === TASK_QUEUE.cpu ? queues.cpu : queue
}
