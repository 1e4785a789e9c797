import type { FailureCode } from '../../../contract/failures.ts'
import type { DocumentId, PageNumber } from '../../../contract/identifiers.ts'
import type { PageEnded } from '../../live/live-documents.ts'
import { batchIdOf, batchNumberOf } from './batches.ts'
import { toFailureText } from './failure-text.ts'
import type { ServerMessage } from './socket-messages.ts'

/** What a page is expected to take, in seconds; the estimate of the submit answers. */
const SECONDS_PER_PAGE = 3

/** What the events of batches are made with. */
export type BatchEventsOptions = {
  readonly documentId: DocumentId
  readonly batchSize: number
  /** 0: there are no batches. */
  readonly totalPages: number
}

type BatchUnderWay = {
  donePages: number
  readonly failedPages: PageNumber[]
  lastCode: FailureCode | null
  seconds: number
}

/** Tells from the events of pages where their batches begin and end. */
export class BatchEvents {
  readonly #options: BatchEventsOptions
  readonly #underWay = new Map<number, BatchUnderWay>()

  constructor(options: BatchEventsOptions) {
    this.#options = options
  }

  /** What is told before the event of a page. */
  before(page: PageNumber): ServerMessage[] {
    const batchNumber = batchNumberOf(page, this.#options.batchSize)
    if (this.#options.totalPages === 0 || this.#underWay.has(batchNumber)) return []
    this.#underWay.set(batchNumber, { donePages: 0, failedPages: [], lastCode: null, seconds: 0 })
    return [this.#message('batch_started', batchNumber, {})]
  }

  /** What is told after a page has ended. */
  after({ page, outcome, code, seconds }: PageEnded): ServerMessage[] {
    const batchNumber = batchNumberOf(page, this.#options.batchSize)
    const batch = this.#underWay.get(batchNumber)
    if (batch === undefined) return []
    batch.donePages += 1
    batch.seconds += seconds ?? 0
    if (outcome === 'failed') batch.failedPages.push(page)
    batch.lastCode = code ?? batch.lastCode
    const pages = this.#pagesIn(batchNumber)
    if (batch.donePages < pages) return []
    if (batch.failedPages.length === pages) {
      const error_message = batch.lastCode === null ? null : toFailureText(batch.lastCode)
      return [
        this.#message('batch_failed', batchNumber, {
          error_message,
          failed_pages: batch.failedPages,
        }),
      ]
    }
    return [
      this.#message('batch_completed', batchNumber, {
        successful_pages: pages - batch.failedPages.length,
        failed_pages: batch.failedPages.length,
        // Of its pages together: they are read side by side.
        processing_time: batch.seconds,
      }),
    ]
  }

  #message(
    type: string,
    batchNumber: number,
    more: Readonly<Record<string, unknown>>,
  ): ServerMessage {
    const { documentId, batchSize, totalPages } = this.#options
    const firstPage = (batchNumber - 1) * batchSize + 1
    const pages = this.#pagesIn(batchNumber)
    return {
      type,
      task_id: documentId,
      data: {
        batch_id: batchIdOf(documentId, batchNumber),
        batch_number: batchNumber,
        total_batches: Math.ceil(totalPages / batchSize),
        page_range: `${firstPage}-${firstPage + pages - 1}`,
        pages_in_batch: pages,
        estimated_time: pages * SECONDS_PER_PAGE,
        processing_strategy: 'auto',
        ...more,
      },
    }
  }

  #pagesIn(batchNumber: number): number {
    const { batchSize, totalPages } = this.#options
    return Math.min(batchSize, totalPages - (batchNumber - 1) * batchSize)
  }
}
