import type { SweepCounts } from '../../contract/sweep.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { sweepTemporaryDirectories } from '../../platform/temporary-directory.ts'
import type { BlobEntry } from '../../storage/blob-store.ts'
import { listAll } from '../../storage/list-all.ts'
import { storageError } from '../../storage/object-file.ts'
import {
  REMOVALS_PREFIX,
  SAVED_RESULT_PREFIX,
  WORKER_SNAPSHOT_PREFIX,
} from '../../storage/object-keys.ts'
import { inBatches } from './in-batches.ts'
import { DAY_MS, type SweepPass } from './sweep-pass.ts'

const REMOVALS_AT_ONCE = 8

/** An object, what it counts as, and how long it is kept. */
type AgingObject = {
  readonly kind: keyof SweepCounts
  readonly keptMs: number
  readonly entry: BlobEntry
}

/**
 * Removes by age alone what belongs to no document.
 *
 * @param after the key to go on behind; `null`: from the first
 * @returns the last key that was looked at when the step is full; `null`: all were
 */
export async function sweepRest(pass: SweepPass, after: string | null): Promise<string | null> {
  const last = await inBatches(pass, agingObjects(pass, after), async (batch) => {
    const old = batch.filter(({ entry, keptMs }) => pass.ageMs(entry) > keptMs)
    await mapConcurrently(old, REMOVALS_AT_ONCE, ({ kind, entry }) =>
      pass.attempt(() => pass.removeObject(kind, entry)),
    )
    return batch.length
  })
  if (last !== null) return last.entry.key
  if (!pass.dryRun) await removeLeftovers(pass)
  return null
}

async function removeLeftovers(pass: SweepPass): Promise<void> {
  const { store, temporaryDirectory } = pass.deps
  // Not every account of an S3 server may list uploads in parts.
  pass.counts.leftovers += (await pass.attempt(() => store.removeLeftovers(DAY_MS))) ?? 0
  const removed = await pass.attempt(() => removeTemporaryFiles(temporaryDirectory))
  pass.counts.leftovers += removed ?? 0
}

async function removeTemporaryFiles(directory: string): Promise<number> {
  try {
    return await sweepTemporaryDirectories(directory, DAY_MS)
  } catch (error) {
    throw storageError('remove temporary files', error)
  }
}

/** In the order of their keys, so that one key says how far a sweep has come. */
async function* agingObjects(pass: SweepPass, after: string | null): AsyncGenerator<AgingObject> {
  const { deps, resultsMs } = pass
  const kinds = [
    { prefix: REMOVALS_PREFIX, kind: 'leftovers', keptMs: DAY_MS },
    { prefix: SAVED_RESULT_PREFIX, kind: 'savedResults', keptMs: resultsMs },
    { prefix: WORKER_SNAPSHOT_PREFIX, kind: 'workerSnapshots', keptMs: DAY_MS },
  ] as const
  for (const { prefix, ...how } of kinds)
    for await (const entry of listAll(deps.store, prefix, after ?? undefined))
      yield { ...how, entry }
}
