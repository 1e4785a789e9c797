import type { LimitsConfig } from '../../config/limits-config.ts'
import { OcrError } from '../../platform/errors.ts'
import type { QueueStats } from '../gateway/queue-stats.ts'
import type { ServiceLoad } from '../gateway/service-load.ts'
import type { StorageUse, TakenBytes } from './storage-use.ts'

/** Retry-After of a full queue, in seconds. */
const SHORTEST_WAIT = 5
const LONGEST_WAIT = 300
/** Of a queue that nobody has taken anything from lately, per second. */
const ASSUMED_RATE = 1
/** For documents to end, or for somebody to make room. */
const LATER_MS = 60_000

/** What is asked to be taken. */
export type Admission = {
  readonly submitter: string
  /** Task queues that the document needs, as far as they are known. */
  readonly queues: readonly string[]
  /** Of the file; 0: not known. */
  readonly sizeBytes: number
}

/** What admission works with. */
export type AdmissionSources = {
  readonly limits: Omit<LimitsConfig, 'submitsPerMinute' | 'requestsPerMinute'>
  readonly load: ServiceLoad
  readonly use: StorageUse
  /** Of the disks that uploads and the store need. */
  readonly freeDiskBytes: () => Promise<number>
}

/** Decides whether a document is taken, before anything of it is stored. */
export type AdmissionControl = {
  /**
   * Refuses what cannot be taken whatever it is. Takes nothing.
   *
   * @param submitter `null`: whatever its quota says
   * @throws {OcrError} as `admit`
   */
  requireRoom(queues: Admission['queues'], submitter: string | null): Promise<void>
  /**
   * Refuses what cannot be taken; else the file counts against the quota of its submitter. To be kept
   * when the document was started, and disposed of in any case.
   *
   * @throws {OcrError} `STORAGE_FULL`, `QUEUE_FULL`, `QUOTA_EXCEEDED`; `SERVICE_UNAVAILABLE` and
   *   `STORAGE_UNAVAILABLE` where there is a quota
   */
  admit(asked: Admission): Promise<TakenBytes>
}

/**
 * Makes the decision. What Temporal or the disk does not tell refuses nothing: starting a document
 * finds out by itself.
 */
export function createAdmissionControl(sources: AdmissionSources): AdmissionControl {
  const { limits, load, use } = sources

  const requireShort = async (name: string): Promise<void> => {
    if (limits.maxQueuedPages === null) return
    const stats = await load.queue(name)
    if (stats === null || stats.depth < limits.maxQueuedPages) return
    throw new OcrError('QUEUE_FULL', 'Cannot accept document: too many pages wait', {
      retryAfterMs: retryAfterSeconds(stats) * 1000,
    })
  }

  const requireShortQueues = async (queues: Admission['queues']): Promise<void> => {
    await requireDisk(sources)
    await Promise.all([requireFewOpen(sources), ...queues.map((name) => requireShort(name))])
  }

  const take = async (submitter: string, sizeBytes: number): Promise<TakenBytes> => {
    const { quotaBytes } = limits
    if (quotaBytes === null) return NOTHING_TAKEN
    const taken = await use.take({ submitter, sizeBytes, quotaBytes })
    if (taken !== null) return taken
    throw new OcrError('QUOTA_EXCEEDED', 'Cannot accept document: the quota is used up')
  }

  return {
    async requireRoom(queues, submitter) {
      await requireShortQueues(queues)
      if (submitter !== null) (await take(submitter, 0))[Symbol.dispose]()
    },
    async admit({ submitter, queues, sizeBytes }) {
      await requireShortQueues(queues)
      const taken = await take(submitter, sizeBytes)
      return {
        keep() {
          taken.keep()
          load.noteAccepted()
        },
        [Symbol.dispose]: () => taken[Symbol.dispose](),
      }
    },
  }
}

const NOTHING_TAKEN: TakenBytes = { keep: () => undefined, [Symbol.dispose]: () => undefined }

async function requireDisk({
  limits,
  freeDiskBytes,
}: Pick<AdmissionSources, 'limits' | 'freeDiskBytes'>): Promise<void> {
  if (limits.minFreeDiskBytes === null) return
  const free = await freeDiskBytes().catch(() => null)
  if (free === null || free >= limits.minFreeDiskBytes) return
  throw new OcrError('STORAGE_FULL', 'Cannot accept document: the disk is nearly full', {
    retryAfterMs: LATER_MS,
  })
}

async function requireFewOpen({
  limits,
  load,
}: Pick<AdmissionSources, 'limits' | 'load'>): Promise<void> {
  if (limits.maxOpenDocuments === null) return
  const open = await load.openDocuments()
  if (open === null || open < limits.maxOpenDocuments) return
  throw new OcrError('QUEUE_FULL', 'Cannot accept document: too many are open', {
    retryAfterMs: LATER_MS,
  })
}

/** Until what waits has been dispatched, at the rate of the last half minute or so. */
function retryAfterSeconds({ depth, dispatchedPerSecond }: QueueStats): number {
  const rate = dispatchedPerSecond > 0 ? dispatchedPerSecond : ASSUMED_RATE
  return Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, Math.ceil(depth / rate)))
}
