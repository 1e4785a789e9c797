import { hasEnded, type DocumentStatus } from '../../contract/document-status.ts'
import type { PageNumber } from '../../contract/identifiers.ts'
import { firstSelectedPages } from '../../contract/page-ranges.ts'
import type { PageRecord, PageStatus } from '../../contract/page.ts'
import { PAGE_MARK } from '../../contract/progress.ts'
import type { PageEnded, PageRetried } from './live-documents.ts'
import { countCodePoints, toPageFacts } from './page-facts.ts'

/** What is known of a document after a look at it. */
export type Known = {
  readonly status: DocumentStatus
  /** `PAGE_MARK` per selected page, as last heard; empty: not yet. */
  readonly marks: string
  /** The attempt that each page was last seen at. */
  readonly attempts: ReadonlyMap<PageNumber, number>
}

/** A page that has ended since the look before. */
export type EndedPage = { readonly page: PageNumber; readonly outcome: PageStatus | 'failed' }

/** What has changed between two looks at a document. */
export type Changes = {
  readonly known: Known
  /** Ascending. */
  readonly endedPages: readonly EndedPage[]
  readonly retries: readonly PageRetried[]
  readonly isStatusChanged: boolean
}

const OUTCOME_OF_MARK = new Map<string, EndedPage['outcome']>([
  [PAGE_MARK.ok, 'ok'],
  [PAGE_MARK.empty, 'empty'],
  [PAGE_MARK.degraded, 'degraded'],
  [PAGE_MARK.failed, 'failed'],
])

/** Compares a document with what was known of it; `null`: nothing was. */
export function changesOf(before: Known | null, seen: DocumentStatus): Changes {
  const status = before === null ? seen : withoutStepBack(before.status, seen)
  const marks = mergedMarks(before?.marks ?? '', status.marks)
  const endedPages = endedSince(before?.marks ?? '', marks, status)
  const underWay = pagesStillUnderWay(status, marks)
  const retries = underWay.filter(
    ({ page, attempt }) => attempt > 1 && attempt !== before?.attempts.get(page),
  )
  const attempts = new Map(before?.attempts)
  for (const { page, attempt } of underWay) attempts.set(page, attempt)
  // What is told of the pages agrees with the events of the pages.
  const told = { ...status, marks: marks === '' ? null : marks, pagesUnderWay: underWay }
  return {
    known: { status: told, marks, attempts },
    endedPages,
    retries: retries.map(({ page, attempt, lastFailure }) => ({
      kind: 'retry',
      page,
      attempt,
      code: lastFailure,
    })),
    isStatusChanged: before === null || shownBy(before.status) !== shownBy(told),
  }
}

/** The event of an ended page; without its record, nothing is known of its text. */
export function toPageEnded(
  { page, outcome }: EndedPage,
  record: PageRecord | null,
  status: DocumentStatus,
): PageEnded {
  const facts = record === null ? null : toPageFacts(record, status)
  const reading = facts?.reading ?? null
  return {
    kind: 'page',
    page,
    outcome,
    code: status.failedPages.find((failed) => failed.page === page)?.code ?? null,
    characters: record === null ? null : countCodePoints(record.text),
    markdownCharacters: facts?.contentLength ?? null,
    seconds: reading === null ? null : (reading.endedAtMs - reading.startedAtMs) / 1_000,
  }
}

/**
 * Without a worker to ask, counts come from the memo, which is older than what a worker has told
 * before. Only counts are kept: that there is no worker is to be seen.
 */
function withoutStepBack(last: DocumentStatus, seen: DocumentStatus): DocumentStatus {
  const { progress, failedPages } = last
  const isOlder = seen.progress.donePages < progress.donePages
  return isOlder && !hasEnded(seen.state) ? { ...seen, progress, failedPages } : seen
}

/** A page that has ended stays so: what a worker tells late is no news. */
function mergedMarks(before: string, seen: string | null): string {
  if (seen === null || seen === before) return before
  return Array.from(seen, (mark, place) => {
    const earlier = before.charAt(place)
    return OUTCOME_OF_MARK.has(earlier) ? earlier : mark
  }).join('')
}

function endedSince(before: string, marks: string, { pages }: DocumentStatus): EndedPage[] {
  if (marks === before) return []
  const ended: EndedPage[] = []
  for (const [place, page] of firstSelectedPages(pages, marks.length).entries()) {
    const outcome = OUTCOME_OF_MARK.get(marks.charAt(place))
    const wasEnded = OUTCOME_OF_MARK.has(before.charAt(place))
    if (outcome !== undefined && !wasEnded) ended.push({ page, outcome })
  }
  return ended
}

/** The pages under way are read before the marks, so some of them have ended. */
function pagesStillUnderWay(status: DocumentStatus, marks: string) {
  if (status.pagesUnderWay.length === 0) return []
  const selected = firstSelectedPages(status.pages, marks.length)
  return status.pagesUnderWay.filter(
    ({ page }) => !OUTCOME_OF_MARK.has(marks.charAt(selected.indexOf(page))),
  )
}

function shownBy(status: DocumentStatus): string {
  const { state, progress, queuedReason, failedPages, pagesUnderWay } = status
  const running = pagesUnderWay.map(({ page }) => page)
  return JSON.stringify([state, progress, queuedReason, failedPages.length, running])
}
