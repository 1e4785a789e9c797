import { Gauge, type Registry } from '@prometheus-io/client'
import type { Client } from '@temporalio/client'
import type { EnginesConfig } from '../../config/config.ts'
import { ENGINES } from '../../contract/engines.ts'
import { TASK_QUEUE } from '../../contract/names.ts'
import { keptFor } from '../../platform/kept-for.ts'
import type { DocumentCounts } from '../gateway/list-documents.ts'
import type { TaskKind } from '../gateway/queue-pollers.ts'
import { readQueueStats, type QueueStats } from '../gateway/queue-stats.ts'

/** However many ask, Temporal is asked once in this time. */
const TTL_MS = 5_000

/** What Temporal is asked through. */
export type TemporalSources = {
  readonly client: Client
  readonly countDocuments: () => Promise<DocumentCounts>
  readonly engines: EnginesConfig
}

type Queue = { readonly queue: string; readonly kind: TaskKind }

type Seen = {
  readonly isUp: boolean
  readonly queues: ReadonlyMap<Queue, QueueStats>
  readonly documents: DocumentCounts | null
}

/**
 * Gauges of what waits and what there is, from Temporal. Nothing is asked unless Prometheus asks; what
 * Temporal does not answer is left out, so that an outage never looks like an empty queue.
 */
export function gaugeTemporal(registry: Registry, sources: TemporalSources): void {
  const look = keptFor(TTL_MS, () => lookAtTemporal(sources))
  const registers = [registry]
  const queueGauge = (name: string, help: string, read: (stats: QueueStats) => number): void => {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['queue', 'kind'],
      registers,
      async collect() {
        const { queues } = await look()
        gauge.reset()
        for (const [labels, stats] of queues) gauge.set({ ...labels }, read(stats))
      },
    })
  }
  queueGauge('ocr_queue_depth', 'Tasks that wait in a task queue', ({ depth }) => depth)
  queueGauge(
    'ocr_queue_oldest_age_seconds',
    'Age of the task that has waited longest in a task queue',
    ({ oldestSeconds }) => oldestSeconds,
  )
  queueGauge('ocr_queue_pollers', 'Workers that poll a task queue', ({ pollers }) => pollers)
  const documents = new Gauge({
    name: 'ocr_documents',
    help: 'Documents that Temporal knows, by state; those that ended go after the retention',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = (await look()).documents
      documents.reset()
      for (const [state, count] of Object.entries(counts ?? {})) documents.set({ state }, count)
    },
  })
  const up = new Gauge({
    name: 'ocr_temporal_up',
    help: 'Whether Temporal answers this process: 1 or 0',
    registers,
    async collect() {
      up.set((await look()).isUp ? 1 : 0)
    },
  })
}

async function lookAtTemporal(sources: TemporalSources): Promise<Seen> {
  const { client, countDocuments } = sources
  const asked = queuesOf(sources.engines)
  const [documents, ...stats] = await Promise.all([
    countDocuments().catch(() => null),
    ...asked.map(({ queue, kind }) => readQueueStats(client, queue, kind).catch(() => null)),
  ])
  const queues = new Map<Queue, QueueStats>()
  for (const [position, queue] of asked.entries()) {
    const seen = stats[position]
    if (seen) queues.set(queue, seen)
  }
  return { isUp: queues.size > 0, queues, documents }
}

/** Those that every document needs, that of webhooks, and those of the engines that are set up. */
function queuesOf(engines: EnginesConfig): Queue[] {
  const servers = (['llm', 'ollama', 'dots', 'deepseek'] as const).filter(
    (engine) => engines[engine] !== null,
  )
  const activities = [TASK_QUEUE.cpu, TASK_QUEUE.webhooks]
  const all = new Set([...activities, ...servers.map((engine) => ENGINES[engine].queue)])
  return [
    { queue: TASK_QUEUE.documents, kind: 'workflow' },
    ...[...all].map((queue) => ({ queue, kind: 'activity' as const })),
  ]
}
