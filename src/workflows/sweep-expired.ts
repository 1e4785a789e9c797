import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { SweepActivities } from '../activities/sweep/index.ts'
import { TASK_QUEUE } from '../contract/names.ts'
import {
  noCounts,
  sumOfCounts,
  SWEEP_START,
  type SweepCounts,
  type SweepInput,
  type SweepPlace,
} from '../contract/sweep.ts'
import * as policy from './activity-policies.ts'

/** Steps before continue-as-new; each leaves six events. */
const STEPS_PER_RUN = 20

/**
 * Removes from the store what is over, step by step; answers the numbers. Started by a schedule every
 * hour, or by an operator, with `{"dryRun": true}` to see what would go.
 */
export async function sweepExpired(input: SweepInput = {}): Promise<SweepCounts> {
  const { dryRun = false, cpuQueue = TASK_QUEUE.cpu, resultsDays, intermediatesHours } = input
  const { sweepStore } = proxyActivities<SweepActivities>({ ...policy.sweep, taskQueue: cpuQueue })
  const rules = {
    ...(resultsDays === undefined ? {} : { resultsDays }),
    ...(intermediatesHours === undefined ? {} : { intermediatesHours }),
  }
  let counts: SweepCounts = input.resume?.counts ?? noCounts()
  let place: SweepPlace = input.resume?.place ?? SWEEP_START
  for (let step = 1; ; step++) {
    const done = await sweepStore({ rules, dryRun, place })
    counts = sumOfCounts(counts, done.counts)
    setCurrentDetails(detailsOf(counts, dryRun))
    if (done.next === null) return counts
    place = done.next
    if (step === STEPS_PER_RUN)
      await continueAsNew<typeof sweepExpired>({ ...input, resume: { place, counts } })
  }
}

function detailsOf(counts: SweepCounts, dryRun: boolean): string {
  const rows = Object.entries(counts).map(([kind, count]) => `| ${kind} | ${count} |`)
  const head = dryRun ? 'would be removed' : 'removed'
  return [`| ${head} | |`, '| --- | ---: |', ...rows].join('\n')
}
