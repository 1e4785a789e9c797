import { setTimeout as delay } from 'node:timers/promises'
import { TASK_QUEUE } from '../contract/names.ts'
import type { GatewayReadiness } from './gateway/document-gateway.ts'

/** A prober must get its answer before it gives up itself (Kubernetes: 1 s by default, often 5). */
const DEADLINE_MS = 4_000

/** Queues that every document needs; the pollers of others may be missing (design 6). */
const REQUIRED_QUEUES: readonly string[] = [TASK_QUEUE.documents, TASK_QUEUE.cpu]

/** What readiness is read from. */
export type ReadinessSources = {
  readonly gateway: { readiness(): Promise<GatewayReadiness> }
  /** Of the disks that uploads and the store need. */
  readonly freeDiskBytes: () => Promise<number>
  /** Below it nothing new is taken; `null`: the disk may fill up. */
  readonly minFreeDiskBytes: number | null
  readonly isStopping: boolean
}

/** What is missing before documents can be taken, and which queues nobody works on. */
export type Readiness = {
  readonly missing: readonly string[]
  readonly absentPollers: readonly string[]
}

/** Looks at everything that documents need; answers within 4 s and never throws. */
export async function readReadiness(sources: ReadinessSources): Promise<Readiness> {
  if (sources.isStopping) return { missing: ['the server is stopping'], absentPollers: [] }
  using deadline = abortOnDispose()
  const looking = look(sources)
  const late = delay(DEADLINE_MS, null, { signal: deadline.signal, ref: false })
  late.catch(() => {})
  const seen = await Promise.race([looking, late])
  return seen ?? { missing: [`an answer within ${DEADLINE_MS} ms`], absentPollers: [] }
}

async function look(sources: ReadinessSources): Promise<Readiness> {
  const { gateway, freeDiskBytes, minFreeDiskBytes } = sources
  const [parts, freeBytes] = await Promise.all([
    gateway.readiness(),
    freeDiskBytes().catch(() => null),
  ])
  const hasRoom = minFreeDiskBytes === null || (freeBytes !== null && freeBytes >= minFreeDiskBytes)
  const absent = REQUIRED_QUEUES.filter((queue) => parts.pollers[queue] !== true)
  return {
    missing: [
      ...(parts.temporal ? [] : ['temporal']),
      ...(parts.store ? [] : ['store']),
      ...(hasRoom ? [] : ['free disk']),
      ...absent.map((queue) => `poller on ${queue}`),
    ],
    absentPollers: Object.keys(parts.pollers).filter(
      (queue) => parts.pollers[queue] !== true && !REQUIRED_QUEUES.includes(queue),
    ),
  }
}

function abortOnDispose(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() }
}
