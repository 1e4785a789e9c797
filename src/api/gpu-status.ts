import { OcrError } from '../platform/errors.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { readWorkerSnapshots, type WorkerSnapshot } from '../storage/worker-snapshots.ts'

/** Memory of one GPU in bytes. */
export type GpuMemory = {
  readonly name: string
  readonly totalBytes: number
  readonly allocatedBytes: number
  readonly reservedBytes: number
}

/** What the workers of a GPU engine tell of themselves. */
export type GpuStatus = {
  /** A replica answers and pages are taken. */
  readonly isReady: boolean
  /** Pages that all ready replicas take at once. */
  readonly slots: number
  /** The first GPU of the first worker that tells of one; `null`: none does. */
  readonly gpu: GpuMemory | null
}

/** Reads what the workers of an engine told last; at most 2 s old. */
export type ReadGpuStatus = (engine: 'dots' | 'deepseek') => Promise<GpuStatus>

const NONE: GpuStatus = { isReady: false, slots: 0, gpu: null }

/** What the workers told; nothing where it cannot be found out, because nothing is promised then. */
export async function gpuStatusOrNone(
  read: ReadGpuStatus,
  engine: Parameters<ReadGpuStatus>[0],
): Promise<GpuStatus> {
  try {
    return await read(engine)
  } catch (error) {
    if (error instanceof OcrError) return NONE
    throw error
  }
}

const CACHE_MS = 2_000
const BYTES_PER_MIB = 1_048_576

/**
 * Makes the reader. Workers tell every 10 s, through the store; who has not told for 30 s is gone.
 * A failed look at the store is not remembered.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE` from the reader
 */
export function createReadGpuStatus(store: BlobStore): ReadGpuStatus {
  let known: { readonly snapshots: Promise<readonly WorkerSnapshot[]>; readonly atMs: number } = {
    snapshots: Promise.resolve([]),
    atMs: -Infinity,
  }
  return async (engine) => {
    if (performance.now() - known.atMs > CACHE_MS) {
      const looked = { snapshots: readWorkerSnapshots(store), atMs: performance.now() }
      known = looked
      looked.snapshots.catch(() => {
        if (known === looked) known = { ...looked, atMs: -Infinity }
      })
    }
    const snapshots = await known.snapshots
    return toGpuStatus(snapshots.filter((snapshot) => snapshot.engine === engine))
  }
}

function toGpuStatus(workers: readonly WorkerSnapshot[]): GpuStatus {
  const ready = workers.filter(({ isReady }) => isReady)
  // Those at work first: the memory of another one says little about the next request.
  const [gpu] = [...ready, ...workers].flatMap(({ gpus }) => (gpus ?? []).flatMap(toMemory))
  return {
    isReady: ready.length > 0,
    slots: ready.reduce((sum, { slots }) => sum + slots, 0),
    gpu: gpu ?? null,
  }
}

/** A GPU that tells no memory, as some do in containers, is left out. */
function toMemory({
  name,
  totalMib,
  usedMib,
  allocatedMib,
}: NonNullable<WorkerSnapshot['gpus']>[number]): GpuMemory[] {
  if (totalMib === null || usedMib === null) return []
  return [
    {
      name,
      totalBytes: totalMib * BYTES_PER_MIB,
      allocatedBytes: (allocatedMib ?? usedMib) * BYTES_PER_MIB,
      reservedBytes: usedMib * BYTES_PER_MIB,
    },
  ]
}
