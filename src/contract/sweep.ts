import type { Dialect } from './document.ts'

/** Workflow type of the sweep. */
export const SWEEP_EXPIRED = 'sweepExpired'

/** Id of the schedule that starts the sweep every hour. */
export const SWEEP_SCHEDULE_ID = 'sweep-expired'

/** Dialects that call uploads and page images temporary: those go before the results do. */
export const TEMPORARY_DIALECTS: readonly string[] = ['py-ocr' satisfies Dialect]

/** How long what is over is kept, from its end. */
export type RetentionRules = {
  /** Documents with their results, and texts that a caller wanted saved. */
  readonly resultsDays: number
  /** Upload and page images of a dialect that calls them temporary; 24 at least. */
  readonly intermediatesHours: number
}

/** What a sweep counts. */
export const SWEPT = [
  /** Documents that are over for `resultsDays`, or were never started. */
  'documents',
  /** Documents that let go of their file after `intermediatesHours`. */
  'intermediates',
  /** References of documents that there never were, or are no more. */
  'references',
  /** Uploads that no document was made of. */
  'uploads',
  /** Files that nothing refers to any more, with everything made of their pages. */
  'blobs',
  'tombstones',
  'savedResults',
  'workerSnapshots',
  /** Halves that killed writers left, in the store and on the disk of the worker that swept. */
  'leftovers',
  /** Objects of all kinds, and their bytes. */
  'objects',
  'bytes',
  /** Things that could not be swept, and are left for the next sweep. */
  'failures',
] as const

/** Numbers by what was swept. */
export type SweepCounts = Readonly<Record<(typeof SWEPT)[number], number>>

/** Where a sweep is: in what, and behind which key, document or hash; `null`: at its beginning. */
export type SweepPlace = {
  readonly phase: 'rest' | 'documents' | 'blobs'
  readonly after: string | null
}

/** Where a sweep begins: on a full store, with what needs no room to be removed. */
export const SWEEP_START: SweepPlace = { phase: 'rest', after: null }

/** Input of `sweepExpired`; what is missing is as the worker has it configured. */
export type SweepInput = Partial<RetentionRules> & {
  /** Only counts what would be removed. */
  readonly dryRun?: boolean
  /** Where the activity runs. */
  readonly cpuQueue?: string
  /** Set by continue-as-new only. */
  readonly resume?: { readonly place: SweepPlace; readonly counts: SweepCounts } | null
}

/** Input of the activity `sweepStore`: one step of a sweep. */
export type SweepStepInput = {
  readonly rules: Partial<RetentionRules>
  readonly dryRun: boolean
  readonly place: SweepPlace
}

/** Result of `sweepStore`: numbers, and where to go on; `null`: all is swept. */
export type SweepStepResult = { readonly counts: SweepCounts; readonly next: SweepPlace | null }

/** Adds two counts. */
export function sumOfCounts(left: SweepCounts, right: SweepCounts): SweepCounts {
  // Every key of SWEPT is given a number.
  return Object.fromEntries(SWEPT.map((kind) => [kind, left[kind] + right[kind]])) as SweepCounts
}

/** Nothing swept. */
export function noCounts(): Record<keyof SweepCounts, number> {
  // Every key of SWEPT is given a number.
  return Object.fromEntries(SWEPT.map((kind) => [kind, 0])) as Record<keyof SweepCounts, number>
}
