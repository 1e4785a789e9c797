import type { FailureCode } from './failures.ts'
import type { FailedPage } from './page.ts'
import type { PageStatus } from './page.ts'

/** What the workflow of a document is doing. */
export type Phase =
  | 'inspecting'
  | 'recognizing'
  | 'assembling'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** Counts of a document, small enough for the memo. `totalPages` counts the selected pages. */
export type Progress = {
  readonly phase: Phase
  readonly totalPages: number
  readonly donePages: number
  readonly okPages: number
  readonly emptyPages: number
  readonly degradedPages: number
  readonly failedPages: number
  readonly failureCode: FailureCode | null
  /** When a worker first took the document, in ms since the epoch; `null` before. */
  readonly startedAtMs: number | null
}

/** One character per selected page, in page order: what became of it. */
export const PAGE_MARK = { waiting: '.', ok: 'o', empty: 'e', degraded: 'd', failed: 'f' } as const

/** A character of {@link PAGE_MARK}. */
export type PageMark = (typeof PAGE_MARK)[keyof typeof PAGE_MARK]

/** Answer of the progress query: the memo's counts, and exactly which page is where. */
export type ProgressAnswer = {
  readonly progress: Progress
  /** {@link PAGE_MARK} per selected page. */
  readonly marks: string
  readonly failed: readonly FailedPage[]
}

/** Progress of a document that nobody has looked at yet. */
export const INITIAL_PROGRESS: Progress = {
  phase: 'inspecting',
  totalPages: 0,
  donePages: 0,
  okPages: 0,
  emptyPages: 0,
  degradedPages: 0,
  failedPages: 0,
  failureCode: null,
  startedAtMs: null,
}

/** The counts of pages as `/v1` and webhooks tell them. */
export function pageCountsOf(progress: Progress) {
  return {
    total: progress.totalPages,
    done: progress.donePages,
    ok: progress.okPages,
    empty: progress.emptyPages,
    degraded: progress.degradedPages,
    failed: progress.failedPages,
  }
}

/** Adds one ended page to the counts. */
export function withPage(progress: Progress, outcome: PageStatus | 'failed'): Progress {
  const counted = { ...progress, donePages: progress.donePages + 1 }
  switch (outcome) {
    case 'ok':
      return { ...counted, okPages: progress.okPages + 1 }
    case 'empty':
      return { ...counted, emptyPages: progress.emptyPages + 1 }
    case 'degraded':
      return { ...counted, degradedPages: progress.degradedPages + 1 }
    case 'failed':
      return { ...counted, failedPages: progress.failedPages + 1 }
  }
}
