import type { DocumentView } from '../model.ts'

/** What was seen of a document while it ran. Times are ms since the epoch. */
export type Pace = {
  readonly firstDone: number
  readonly firstAtMs: number
  readonly done: number
  /** When `done` was first seen. */
  readonly atMs: number
}

/** Notes how far a document is; what was seen before goes in, unless it began anew. */
export function notePace(seen: Pace | undefined, done: number, nowMs: number): Pace {
  if (seen === undefined || done < seen.done)
    return { firstDone: done, firstAtMs: nowMs, done, atMs: nowMs }
  return done === seen.done ? seen : { ...seen, done, atMs: nowMs }
}

/**
 * How long a document will still take, in ms; `null` while that cannot be told. It counts down
 * between two pages instead of growing, and goes by the pages that were seen to end, so that an
 * hour without a worker does not spoil it; until two were seen, by the time since its start.
 */
export function remainingMs(document: DocumentView, pace: Pace, nowMs: number): number | null {
  const { pages, startedAtMs } = document
  const seen = pace.done - pace.firstDone
  const [pagesRead, tookMs] =
    seen >= 2 || startedAtMs === null
      ? [seen, pace.atMs - pace.firstAtMs]
      : [pace.done, pace.atMs - startedAtMs]
  if (pagesRead < 1 || tookMs <= 0) return null
  const leftMs = (tookMs / pagesRead) * (pages.total - pages.done)
  return Math.max(0, leftMs - (nowMs - pace.atMs))
}
