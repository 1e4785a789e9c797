import { z } from 'zod'
import type { RetentionRules, SweepCounts, SweepStepInput } from '../../contract/sweep.ts'
import { noCounts } from '../../contract/sweep.ts'
import { codeOf, OcrError } from '../../platform/errors.ts'
import type { BlobEntry, BlobStore } from '../../storage/blob-store.ts'
import type { Removed } from '../../storage/delete-prefix.ts'
import type { SweepDependencies } from './sweep-dependencies.ts'

/** Milliseconds of an hour. */
const HOUR_MS = 60 * 60 * 1000

/** Milliseconds of a day. */
export const DAY_MS = 24 * HOUR_MS

const OBJECTS_PER_STEP = 5_000

/** A step holds a slot that pages wait for. */
const STEP_MS = 60_000

/** No file that is still being used for something is younger than this. */
const MIN_INTERMEDIATES_HOURS = 24

/** So many in a row are hardly the fault of single objects: store or Temporal are away. */
const MAX_FAILURES_IN_A_ROW = 10

/** One step of a sweep: what it works with, what it has counted, and whether it is to go on. */
export class SweepPass {
  readonly deps: SweepDependencies
  readonly dryRun: boolean
  readonly resultsMs: number
  readonly intermediatesMs: number
  readonly counts = noCounts()
  /** Fires when the step is to end. */
  readonly signal: AbortSignal
  readonly #startedAtMs = performance.now()
  #seen = 0
  #failuresInARow = 0

  constructor(deps: SweepDependencies, input: SweepStepInput, signal: AbortSignal) {
    const rules: RetentionRules = { ...deps.retention, ...input.rules }
    this.deps = deps
    this.dryRun = input.dryRun
    this.resultsMs = atLeast(Number.MIN_VALUE, rules.resultsDays) * DAY_MS
    this.intermediatesMs = atLeast(MIN_INTERMEDIATES_HOURS, rules.intermediatesHours) * HOUR_MS
    this.signal = signal
  }

  /** Milliseconds since a time as listings tell it; 0 where that is no time: it may be young. */
  ageMs({ modifiedAt }: Pick<BlobEntry, 'modifiedAt'>): number {
    const ageMs = this.deps.nowMs() - Date.parse(modifiedAt)
    return Number.isNaN(ageMs) ? 0 : ageMs
  }

  /** Notes objects that were looked at; `false`: with those and the removed ones the step is full. */
  mayGoOn(seen: number): boolean {
    this.signal.throwIfAborted()
    this.#seen += seen
    const isInTime = performance.now() - this.#startedAtMs < STEP_MS
    return isInTime && this.#seen < (this.deps.objectsPerStep ?? OBJECTS_PER_STEP)
  }

  /** Counts one thing of a kind, and its objects. */
  count(kind: keyof SweepCounts, { objects, bytes }: Removed): void {
    this.counts[kind] += 1
    this.countObjects({ objects, bytes })
  }

  /** Counts objects of what is counted already. */
  countObjects({ objects, bytes }: Removed): void {
    this.#seen += objects
    this.counts.objects += objects
    this.counts.bytes += bytes
  }

  /** Removes one object and counts it, or only counts it in a dry run. */
  async removeObject(kind: keyof SweepCounts, { key, sizeBytes }: BlobEntry): Promise<void> {
    if (!this.dryRun) await this.deps.store.delete(key)
    this.count(kind, { objects: 1, bytes: sizeBytes })
  }

  /**
   * Does one piece of work; `null`: it failed. That is counted and stops nothing, until so many fail in
   * a row that Temporal or the store must be away.
   *
   * @throws {OcrError} the last one of them
   */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    this.signal.throwIfAborted()
    try {
      const result = await work()
      this.#failuresInARow = 0
      return result
    } catch (error) {
      this.signal.throwIfAborted()
      if (!(error instanceof OcrError) && !isDamage(error)) throw error
      this.counts.failures += 1
      this.deps.onFailure?.(error instanceof OcrError ? error.code : 'damaged')
      // Of the others each is the fault of one object, or gets better by going on.
      if (error instanceof OcrError && error.code !== 'STORAGE_FULL') await this.#weigh(error)
      return null
    }
  }

  /** Ends the sweep when it makes no sense to go on. */
  async #weigh(failure: OcrError): Promise<void> {
    this.#failuresInARow += 1
    if (this.#failuresInARow <= MAX_FAILURES_IN_A_ROW) return
    // Damaged files look like this, too; they may lie side by side.
    if (failure.code !== 'STORAGE_UNAVAILABLE' || !(await isAnswering(this.deps.store)))
      throw failure
    this.#failuresInARow = 0
  }
}

/** What reading throws of an object that is not as we write it. */
function isDamage(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof RangeError || error instanceof z.ZodError
}

async function isAnswering(store: BlobStore): Promise<boolean> {
  try {
    await store.ping()
    return true
  } catch (error) {
    return codeOf(error) === 'STORAGE_FULL'
  }
}

/** An operator may have given it. */
function atLeast(least: number, value: number): number {
  if (!(value >= least) || !Number.isFinite(value))
    throw new OcrError(
      'REQUEST_MALFORMED',
      'Cannot sweep: a time to keep is too short, or no number',
    )
  return value
}
