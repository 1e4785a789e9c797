import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { coerceError } from '../platform/errors.ts'
import { workerLogger } from '../platform/logger.ts'
import { createGpuReader, type GpuReader } from '../platform/nvidia-smi.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import {
  sweepWorkerSnapshots,
  writeWorkerSnapshot,
  type WorkerName,
} from '../storage/worker-snapshots.ts'
import type { GpuEngineId } from './role-options.ts'

/** Of whom the snapshots tell. */
export type SnapshotOptions = {
  readonly store: BlobStore
  readonly config: Config
  readonly role: string
  readonly engine: GpuEngineId
  /** Asked at each snapshot. */
  readonly isReady: () => boolean
  readonly everyMs: number
  readonly readGpus?: GpuReader
}

const HASH_LENGTH = 8

/** Snapshots that are written until it is disposed of. */
export type GpuSnapshots = AsyncDisposable & {
  /** Writes one at once: something has changed. */
  tellNow(): void
}

/**
 * Tells the other processes every 10 s of a GPU worker, through the store: the HTTP side has no GPU
 * to ask. Nothing takes a snapshot back: it is old after 30 s, and a successor may have told already.
 * A store that is down is logged once and tried again.
 */
export function startGpuSnapshots(options: SnapshotOptions): GpuSnapshots {
  const name = workerName(options)
  const readGpus = options.readGpus ?? createGpuReader()
  let isEnding = false
  let nap = new AbortController()

  const tellForever = async (): Promise<void> => {
    let wasTold = true
    // No reason not to tell.
    await sweepWorkerSnapshots(options.store).catch(() => undefined)
    while (!isEnding) {
      // Before the snapshot: a change while it is taken is told by the next one.
      nap = new AbortController()
      const reason = await tell(options, name, readGpus)
      if (reason !== null && wasTold)
        workerLogger.warn({ role: options.role, reason }, 'cannot tell of the GPU worker')
      wasTold = reason === null
      await delay(options.everyMs, undefined, { signal: nap.signal }).catch(() => undefined)
    }
  }
  const done = tellForever()
  return {
    tellNow: () => nap.abort(),
    async [Symbol.asyncDispose]() {
      isEnding = true
      nap.abort()
      await done
    },
  }
}

/** `null` when it was told, else why not. */
async function tell(
  options: SnapshotOptions,
  name: WorkerName,
  readGpus: GpuReader,
): Promise<string | null> {
  try {
    await writeWorkerSnapshot(options.store, name, await takeSnapshot(options, readGpus))
    return null
  } catch (error) {
    return coerceError(error).message
  }
}

async function takeSnapshot({ config, role, engine, isReady }: SnapshotOptions, gpus: GpuReader) {
  return {
    at: new Date().toISOString(),
    host: hostname(),
    role,
    engine,
    model: config.engines[engine]?.server.model ?? '',
    isReady: isReady(),
    slots: config.worker.gpuSlots,
    gpus: await gpus(),
  }
}

/** Several workers of a role on one host differ by their servers, whose addresses stay untold. */
function workerName({ config, role, engine }: SnapshotOptions): WorkerName {
  const address = config.engines[engine]?.server.baseUrl ?? ''
  const serverHash = createHash('sha256').update(address).digest('hex').slice(0, HASH_LENGTH)
  return { host: hostname(), role, serverHash }
}
