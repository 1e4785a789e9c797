import { coerceError } from '../../platform/errors.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { readWorkerSnapshots, type WorkerSnapshot } from '../../storage/worker-snapshots.ts'
import { ok, unset, warning, type Finding } from './check.ts'

/** Lists the GPU workers that told of themselves within the last 30 s. */
export async function checkGpuWorkers(store: BlobStore): Promise<Finding[]> {
  try {
    const snapshots = await readWorkerSnapshots(store)
    return snapshots.length === 0 ? [unset('GPU workers', 'none seen')] : snapshots.map(findingOf)
  } catch (error) {
    return [warning('GPU workers', coerceError(error).message)]
  }
}

function findingOf({ host, role, model, isReady, slots, gpus }: WorkerSnapshot): Finding {
  const name = `GPU worker ${host}`
  const hardware = gpus === null ? 'GPUs unknown' : gpus.map(gpuInWords).join(', ')
  const about = `${role}, ${model}, ${slots} slots, ${hardware}`
  return isReady ? ok(name, about) : warning(name, `${about}: its model server is not ready`)
}

function gpuInWords({
  name,
  freeMib,
  totalMib,
}: NonNullable<WorkerSnapshot['gpus']>[number]): string {
  if (freeMib === null || totalMib === null) return name
  const gib = (mib: number): string => (mib / 1024).toFixed(0)
  return `${name} with ${gib(freeMib)} of ${gib(totalMib)} GiB free`
}
