import type { SweepCounts } from '../../contract/sweep.ts'
import { sweepTemporaryDirectories } from '../../platform/temporary-directory.ts'
import { listAll } from '../../storage/list-all.ts'
import {
  REMOVALS_PREFIX,
  SAVED_RESULT_PREFIX,
  WORKER_SNAPSHOT_PREFIX,
} from '../../storage/object-keys.ts'
import { DAY_MS, type SweepPass } from './sweep-pass.ts'

/** Removes by age alone what belongs to no document. */
export async function sweepRest(pass: SweepPass): Promise<void> {
  await removeOld(pass, 'savedResults', { prefix: SAVED_RESULT_PREFIX, keptMs: pass.resultsMs })
  await removeOld(pass, 'workerSnapshots', { prefix: WORKER_SNAPSHOT_PREFIX, keptMs: DAY_MS })
  await removeOld(pass, 'leftovers', { prefix: REMOVALS_PREFIX, keptMs: DAY_MS })
  if (pass.dryRun) return
  const { store, temporaryDirectory } = pass.deps
  // Not every account of an S3 server may list uploads in parts.
  await pass.attempt(async () => {
    pass.counts.leftovers += await store.removeLeftovers(DAY_MS)
  })
  pass.counts.leftovers += await sweepTemporaryDirectories(temporaryDirectory, DAY_MS)
}

async function removeOld(
  pass: SweepPass,
  kind: keyof SweepCounts,
  { prefix, keptMs }: { readonly prefix: string; readonly keptMs: number },
): Promise<void> {
  for await (const entry of listAll(pass.deps.store, prefix)) {
    pass.mayGoOn(1)
    if (pass.ageMs(entry) > keptMs) await pass.attempt(() => pass.removeObject(kind, entry))
  }
}
