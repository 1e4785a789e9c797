import type { FailureCode } from '../contract/failures.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import type { FailedPage, PageStatus } from '../contract/page.ts'
import {
  INITIAL_PROGRESS,
  PAGE_MARK,
  withPage,
  type PageMark,
  type Progress,
  type ProgressAnswer,
} from '../contract/progress.ts'

/** What a ledger goes on from. */
export type LedgerState = ProgressAnswer

/**
 * The book that a document's workflow keeps: which selected page ended how, and the counts.
 *
 * Pages wait (`.`) until they end once as `ok`, `empty`, `degraded` or `failed`; nothing ever goes
 * back to waiting, and a page that has ended keeps its first outcome.
 */
export class PageLedger {
  progress: Progress
  #pages: readonly PageNumber[] = []
  #places = new Map<PageNumber, number>()
  #marks: PageMark[] = []
  #failed: FailedPage[] = []

  constructor(progress: Progress = INITIAL_PROGRESS) {
    this.progress = progress
  }

  /** Opens the book for the selected pages, empty or as an earlier run left it. */
  open(pages: readonly PageNumber[], state: LedgerState | null): void {
    this.#pages = pages
    this.#places = new Map(pages.map((page, place) => [page, place]))
    this.#marks = pages.map((_, place) => markOf(state?.marks[place]))
    this.#failed = [...(state?.failed ?? [])]
    this.progress = { ...this.progress, totalPages: pages.length }
  }

  /** Notes how a page ended. */
  settle(page: PageNumber, outcome: PageStatus | { code: FailureCode }): void {
    const place = this.#places.get(page)
    if (place === undefined || this.#marks[place] !== PAGE_MARK.waiting) return
    const status = typeof outcome === 'string' ? outcome : 'failed'
    this.#marks[place] = PAGE_MARK[status]
    if (typeof outcome !== 'string') this.#failed.push({ page, code: outcome.code })
    this.progress = withPage(this.progress, status)
  }

  /** Notes that everything still waiting failed for the same reason. */
  failWaiting(code: FailureCode): void {
    for (const page of this.waiting()) this.settle(page, { code })
  }

  /** Pages without an outcome, in order. */
  waiting(): PageNumber[] {
    return this.#pages.filter((_, place) => this.#marks[place] === PAGE_MARK.waiting)
  }

  /** Pages that failed, in the order in which they did. */
  get failed(): readonly FailedPage[] {
    return this.#failed
  }

  /** The code to fail the document with when no page was delivered; `null` when one was. */
  failureOfAll(): FailureCode | null {
    if (this.progress.failedPages < this.#pages.length) return null
    return this.state().failed[0]?.code ?? 'INTERNAL_SERVER_ERROR'
  }

  /** Everything there is to know, for the query, the manifest and the next run. */
  state(): LedgerState {
    return {
      progress: this.progress,
      marks: this.#marks.join(''),
      failed: this.#failed.toSorted((a, b) => a.page - b.page),
    }
  }
}

function markOf(character: string | undefined): PageMark {
  return Object.values(PAGE_MARK).find((mark) => mark === character) ?? PAGE_MARK.waiting
}
