import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { DocumentId, PageNumber } from '../../../contract/identifiers.ts'
import { firstSelectedPages } from '../../../contract/page-ranges.ts'
import type { PageReading } from '../../../contract/page.ts'
import { PAGE_MARK } from '../../../contract/progress.ts'

/** How a batch stands. `partial`: it has ended, and some of its pages could not be read. */
export type BatchState = 'pending' | 'processing' | 'completed' | 'partial' | 'failed'

/** Consecutive pages that progress is told of together; times are epoch milliseconds. */
export type Batch = {
  /** `<task id>_batch_001`. */
  readonly id: string
  /** From 1. */
  readonly number: number
  readonly state: BatchState
  readonly firstPage: PageNumber
  readonly lastPage: PageNumber
  readonly pages: number
  /** Pages that have ended, failed ones included. */
  readonly donePages: number
  readonly failedPages: number
  /** When its first page was begun; `null` while none was read. */
  readonly startedAtMs: number | null
  /** When its last page was there; `null` before, and when none could be read. */
  readonly endedAtMs: number | null
}

/** Id of a batch: `<task id>_batch_001`. */
export function batchIdOf(documentId: DocumentId, batchNumber: number): string {
  return `${documentId}_batch_${String(batchNumber).padStart(3, '0')}`
}

/** The batch that a page is in, counted from 1. */
export function batchNumberOf(page: PageNumber, batchSize: number): number {
  return Math.ceil(page / batchSize)
}

/**
 * The batches of a document, in order: none until its pages were counted. Pages count as waiting
 * while nobody can say which are done (`marks` is `null`).
 *
 * @param readings When pages were read, as far as it is known; for the times
 */
export function batchesOf(
  status: DocumentStatus,
  batchSize: number,
  readings: ReadonlyMap<PageNumber, PageReading> = new Map(),
): Batch[] {
  const { documentId, progress } = status
  const pages = firstSelectedPages(status.pages, progress.totalPages)
  const marks = status.marks ?? ''
  const underWay = new Set(status.pagesUnderWay.map(({ page }) => page))
  const batches: Batch[] = []
  for (let start = 0; start < pages.length; start += batchSize) {
    const part = pages.slice(start, start + batchSize)
    const ended = Array.from(marks.slice(start, start + batchSize)).filter(
      (mark) => mark !== PAGE_MARK.waiting,
    )
    const failedPages = ended.filter((mark) => mark === PAGE_MARK.failed).length
    const number = batches.length + 1
    const state = stateOf({
      pages: part.length,
      donePages: ended.length,
      failedPages,
      isUnderWay: part.some((page) => underWay.has(page)),
      isOver: hasEnded(status.state),
    })
    const known = part.flatMap((page) => readings.get(page) ?? [])
    const isOver = state !== 'pending' && state !== 'processing'
    batches.push({
      id: batchIdOf(documentId, number),
      number,
      state,
      firstPage: part[0] ?? 0,
      lastPage: part.at(-1) ?? 0,
      pages: part.length,
      donePages: ended.length,
      failedPages,
      startedAtMs: known.length === 0 ? null : Math.min(...known.map((read) => read.startedAtMs)),
      endedAtMs:
        isOver && known.length > 0 ? Math.max(...known.map((read) => read.endedAtMs)) : null,
    })
  }
  return batches
}

type BatchCounts = {
  readonly pages: number
  readonly donePages: number
  readonly failedPages: number
  readonly isUnderWay: boolean
  /** The document has ended. */
  readonly isOver: boolean
}

function stateOf({ pages, donePages, failedPages, isUnderWay, isOver }: BatchCounts): BatchState {
  if (donePages < pages && !isOver) return donePages > 0 || isUnderWay ? 'processing' : 'pending'
  // What was left unread when the document ended counts as what could not be read.
  const readPages = donePages - failedPages
  if (readPages === pages) return 'completed'
  return readPages === 0 ? 'failed' : 'partial'
}
