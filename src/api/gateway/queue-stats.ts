import type { Client } from '@temporalio/client'
import { ALIVE_MS, TASK_KIND, type TaskKind } from './queue-pollers.ts'

const DEADLINE_MS = 2_000

/** How much waits in a task queue, and who works on it. */
export type QueueStats = {
  /** Tasks that wait; Temporal's estimate. */
  readonly depth: number
  /** Of the task that has waited longest. */
  readonly oldestSeconds: number
  /** Tasks that workers have taken lately, on average. */
  readonly dispatchedPerSecond: number
  /** Pollers that were heard from lately. */
  readonly pollers: number
}

/**
 * Asks Temporal about a task queue.
 *
 * @throws {Error} of the SDK, when Temporal does not answer within 2 s
 */
export async function readQueueStats(
  client: Client,
  queue: string,
  kind: TaskKind,
): Promise<QueueStats> {
  const { stats, pollers } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: TASK_KIND[kind],
      reportStats: true,
    }),
  )
  const age = stats?.approximateBacklogAge
  return {
    depth: Number(stats?.approximateBacklogCount ?? 0),
    dispatchedPerSecond: Number(stats?.tasksDispatchRate ?? 0),
    oldestSeconds: Number(age?.seconds ?? 0) + Number(age?.nanos ?? 0) / 1e9,
    pollers: (pollers ?? []).filter(
      ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < ALIVE_MS,
    ).length,
  }
}
