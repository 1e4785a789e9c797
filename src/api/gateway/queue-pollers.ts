import type { Client } from '@temporalio/client'

const DEADLINE_MS = 2000
const TTL_MS = 5000
/** So long after a task of a queue was seen to be worked on, the queue has a worker. */
const BUSY_MS = 15_000
/**
 * Temporal lists a poller for minutes after its last call. A living one calls anew at least every
 * 60 s, when its long poll ends empty; but one whose slots are all taken does not call at all.
 */
export const ALIVE_MS = 75_000

/** As in temporal.api.enums.v1.TaskQueueType. */
export const TASK_KIND = { workflow: 1, activity: 2 } as const

/** What a worker takes from a queue. */
export type TaskKind = keyof typeof TASK_KIND

/** Knows which task queues somebody polls. */
export type QueuePollers = {
  /** `null`: Temporal did not say. At most 5 s old; a killed worker is noticed within 75 s. */
  hasPoller(queue: string, kind: TaskKind): Promise<boolean | null>
  /** Notes that a task of a queue is being worked on: then it has a worker, polling or not. */
  noteBusy(queue: string): void
}

/** Makes the questioner; equal questions within 5 s share one call. */
export function createQueuePollers(client: Client): QueuePollers {
  const answers = new Map<string, { answer: Promise<boolean | null>; askedAtMs: number }>()

  const ask = async (queue: string, kind: TaskKind): Promise<boolean | null> => {
    try {
      const { pollers } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: queue },
          taskQueueType: TASK_KIND[kind],
        }),
      )
      return (pollers ?? []).some(
        ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < ALIVE_MS,
      )
    } catch {
      return null
    }
  }

  const busySinceMs = new Map<string, number>()

  return {
    noteBusy(queue) {
      busySinceMs.set(queue, Date.now())
    },
    hasPoller(queue, kind) {
      if (kind === 'activity' && Date.now() - (busySinceMs.get(queue) ?? -Infinity) < BUSY_MS)
        return Promise.resolve(true)
      const key = `${kind} ${queue}`
      const known = answers.get(key)
      if (known !== undefined && Date.now() - known.askedAtMs < TTL_MS) return known.answer
      const answer = ask(queue, kind)
      answers.set(key, { answer, askedAtMs: Date.now() })
      return answer
    },
  }
}
