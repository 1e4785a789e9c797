import type { SweepPlace, SweepStepInput, SweepStepResult } from '../../contract/sweep.ts'
import { withinBudget } from '../activity-boundary.ts'
import { sweepBlobs } from './sweep-blobs.ts'
import type { SweepDependencies } from './sweep-dependencies.ts'
import { sweepDocuments } from './sweep-documents.ts'
import { SweepPass } from './sweep-pass.ts'
import { sweepRest } from './sweep-rest.ts'

/** What the workflow of the sweep can ask for. */
export function createSweepActivities(deps: SweepDependencies) {
  return {
    sweepStore: (input: SweepStepInput): Promise<SweepStepResult> =>
      withinBudget(({ signal }) => sweepStore(deps, input, signal)),
  }
}

/** Type of the activities; all that workflows may import from here. */
export type SweepActivities = ReturnType<typeof createSweepActivities>

/**
 * Does one step of a sweep. It may be cut short at any point, and be done again: what is removed then
 * is found removed.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`, `SERVICE_UNAVAILABLE`, `REQUEST_MALFORMED`
 */
export async function sweepStore(
  deps: SweepDependencies,
  input: SweepStepInput,
  signal: AbortSignal,
): Promise<SweepStepResult> {
  const pass = new SweepPass(deps, input, signal)
  const { phase, after } = input.place
  switch (phase) {
    case 'rest': {
      const last = await sweepRest(pass, after)
      const next = nextPlace(phase, last, 'documents')
      return { counts: pass.counts, next }
    }
    case 'documents': {
      const last = await sweepDocuments(pass, after)
      const next = nextPlace(phase, last, 'blobs')
      return { counts: pass.counts, next }
    }
    case 'blobs': {
      const last = await sweepBlobs(pass, after)
      const next = nextPlace(phase, last, null)
      return { counts: pass.counts, next }
    }
  }
}

function nextPlace(
  phase: SweepPlace['phase'],
  last: string | null,
  nextPhase: SweepPlace['phase'] | null,
): SweepPlace | null {
  if (last !== null) return { phase, after: last }
  return nextPhase === null ? null : { phase: nextPhase, after: null }
}
