import type { Client } from '@temporalio/client'
import { PROCESS_DOCUMENT } from '../../contract/names.ts'
import { keptFor } from '../../platform/kept-for.ts'
import { readQueueStats, type QueueStats } from './queue-stats.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

const TTL_MS = 5_000

/** Knows how much there is to do. What Temporal does not answer is `null`, and nothing throws. */
export type ServiceLoad = {
  /** Documents that have not ended; 5 s old at most, but for those that were accepted here. */
  openDocuments(): Promise<number | null>
  /** What waits in a queue of activities; 5 s old at most. */
  queue(name: string): Promise<QueueStats | null>
  /** Counts a document that was accepted here, until visibility does. */
  noteAccepted(): void
}

/** Makes what asks Temporal; equal questions within 5 s share one call. */
export function createServiceLoad(client: Client, temporal: TemporalDocuments): ServiceLoad {
  let acceptedSince = 0
  const open = keptFor(TTL_MS, () => {
    acceptedSince = 0
    const query = `WorkflowType = '${PROCESS_DOCUMENT}' AND ExecutionStatus = 'Running'`
    return temporal.count(query).catch(() => null)
  })
  const queues = new Map<string, () => Promise<QueueStats | null>>()
  return {
    async openDocuments() {
      const count = await open()
      return count === null ? null : count + acceptedSince
    },
    queue(name) {
      const known = queues.get(name)
      if (known !== undefined) return known()
      const read = keptFor(TTL_MS, () => readQueueStats(client, name, 'activity').catch(() => null))
      queues.set(name, read)
      return read()
    },
    noteAccepted() {
      acceptedSince++
    },
  }
}
