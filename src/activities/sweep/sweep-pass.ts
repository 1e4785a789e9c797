import type { RetentionRules, SweepCounts, SweepStepInput } from '../../contract/sweep.ts'
import { noCounts } from '../../contract/sweep.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobEntry } from '../../storage/blob-store.ts'
import type { Removed } from '../../storage/delete-prefix.ts'
import type { SweepDependencies } from './sweep-dependencies.ts'

/** Milliseconds of an hour. */
const HOUR_MS = 60 * 60 * 1000

/** Milliseconds of a day. */
export const DAY_MS = 24 * HOUR_MS

const OBJECTS_PER_STEP = 5_000

/** So many in a row are not the fault of single objects: store or Temporal are away. */
const MAX_FAILURES_IN_A_ROW = 10

/** One step of a sweep: what it works with, what it has counted, and whether it is to go on. */
export class SweepPass {
  readonly deps: SweepDependencies
  readonly dryRun: boolean
  readonly resultsMs: number
  readonly intermediatesMs: number
  readonly counts = noCounts()
  readonly #signal: AbortSignal
  #seen = 0
  #failuresInARow = 0

  constructor(deps: SweepDependencies, input: SweepStepInput, signal: AbortSignal) {
    const rules: RetentionRules = { ...deps.retention, ...input.rules }
    this.deps = deps
    this.dryRun = input.dryRun
    this.resultsMs = positive(rules.resultsDays) * DAY_MS
    this.intermediatesMs = positive(rules.intermediatesHours) * HOUR_MS
    this.#signal = signal
  }

  /** Milliseconds since a time as listings tell it. */
  ageMs({ modifiedAt }: Pick<BlobEntry, 'modifiedAt'>): number {
    return this.deps.nowMs() - Date.parse(modifiedAt)
  }

  /** Notes objects that were looked at; `false`: that was enough for one step. */
  mayGoOn(seen: number): boolean {
    this.#signal.throwIfAborted()
    this.#seen += seen
    return this.#seen < (this.deps.objectsPerStep ?? OBJECTS_PER_STEP)
  }

  /** Counts one thing of a kind, and its objects. */
  count(kind: keyof SweepCounts, { objects, bytes }: Removed = { objects: 0, bytes: 0 }): void {
    this.counts[kind] += 1
    this.counts.objects += objects
    this.counts.bytes += bytes
  }

  /** Removes one object and counts it, or only counts it in a dry run. */
  async removeObject(kind: keyof SweepCounts, { key, sizeBytes }: BlobEntry): Promise<void> {
    if (!this.dryRun) await this.deps.store.delete(key)
    this.count(kind, { objects: 1, bytes: sizeBytes })
  }

  /**
   * Does one piece of work; a failure of it is counted and stops nothing, until there are too many in
   * a row.
   *
   * @throws {OcrError} the last one of them
   */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#failuresInARow = 0
    } catch (error) {
      this.#signal.throwIfAborted()
      const isDamaged = error instanceof SyntaxError || error instanceof RangeError
      if (!(error instanceof OcrError) && !isDamaged) throw error
      this.counts.failures += 1
      this.#failuresInARow += 1
      if (this.#failuresInARow > MAX_FAILURES_IN_A_ROW) throw error
      this.deps.onFailure?.(error instanceof OcrError ? error.code : 'damaged')
    }
  }
}

/** An operator may have given it. */
function positive(value: number): number {
  if (!(value > 0) || !Number.isFinite(value))
    throw new OcrError('REQUEST_MALFORMED', 'Cannot sweep: a time to keep is no positive number')
  return value
}
