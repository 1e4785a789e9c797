import type { z } from 'zod'
import type { QianxiaConfig } from '../../../config/dialects-config.ts'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import { FAILURES, type FailureCode } from '../../../contract/failures.ts'
import type { PageNumber } from '../../../contract/identifiers.ts'
import type { PageRecord } from '../../../contract/page.ts'
import { PAGE_MARK } from '../../../contract/progress.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { DocumentGateway } from '../../gateway/document-gateway.ts'
import { toPageFacts } from '../../live/page-facts.ts'
import { batchIdOf, batchNumberOf } from './batches.ts'
import { toFailureText } from './failure-text.ts'
import type { pageRowSchema } from './schemas.ts'
import { round } from './task-row.ts'

/** A page as answers show it. */
export type PageRow = z.infer<typeof pageRowSchema>

/** What page rows are read from. */
export type PageSource = {
  readonly gateway: DocumentGateway
  readonly config: QianxiaConfig
  /** Exact, so that it says which pages have ended. */
  readonly status: DocumentStatus
}

/**
 * Rows of all pages in order, one at a time: thousands of pages never stand in memory together.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function* pageRows(source: PageSource): AsyncGenerator<PageRow> {
  const { totalPages } = source.status.progress
  for (let page = 1; page <= totalPages; page++) yield await readPageRow(source, page)
}

/**
 * Markdown of the delivered pages in order, with a blank line before every one but the first. What
 * is blank, and what could not be read, adds nothing: an error is no content. A delivered page that is
 * gone is no such page: without it nobody may take the rest for the whole.
 *
 * @throws {OcrError} `BLOB_MISSING`, `STORAGE_UNAVAILABLE`
 */
export async function* contentPieces({ gateway, status }: PageSource): AsyncGenerator<string> {
  let isFirst = true
  for (let page = 1; page <= status.progress.totalPages; page++) {
    if (!isDelivered(status, page)) continue
    const record = await gateway.pageRecord(status.documentId, page)
    if (record === null)
      throw new OcrError('BLOB_MISSING', 'Cannot read content: a delivered page is gone')
    if (record.markdown === '') continue
    yield isFirst ? record.markdown : `\n\n${record.markdown}`
    isFirst = false
  }
}

/** The row of one page of a task. @throws {OcrError} `STORAGE_UNAVAILABLE` */
export async function readPageRow(source: PageSource, page: PageNumber): Promise<PageRow> {
  const { gateway, status } = source
  const failure = status.failedPages.find((failed) => failed.page === page)
  if (failure !== undefined) return toFailedRow(source, page, failure.code)
  // Without marks only the page itself can say whether it has ended.
  if (status.marks !== null && !isDelivered(status, page)) return toWaitingRow(source, page)
  const record = await gateway.pageRecord(status.documentId, page)
  if (record !== null) return toDeliveredRow(source, record)
  return status.marks === null
    ? toWaitingRow(source, page)
    : toFailedRow(source, page, 'BLOB_MISSING')
}

/** In this dialect all pages are selected, so the mark of page n is the n-th. */
function isDelivered({ marks }: DocumentStatus, page: PageNumber): boolean {
  const mark = marks?.[page - 1] ?? PAGE_MARK.waiting
  return mark !== PAGE_MARK.waiting && mark !== PAGE_MARK.failed
}

function toDeliveredRow(source: PageSource, record: PageRecord): PageRow {
  const { contentLength, reading } = toPageFacts(record, source.status)
  const blank = blankRow(source, record.page)
  const startedAt = reading === null ? null : new Date(reading.startedAtMs).toISOString()
  const completedAt = reading === null ? null : new Date(reading.endedAtMs).toISOString()
  return {
    ...blank,
    status: 'completed',
    content: record.markdown,
    content_length: contentLength,
    processing_time:
      reading === null ? null : round((reading.endedAtMs - reading.startedAtMs) / 1000),
    retry_count: reading === null ? 0 : reading.attempt - 1,
    updated_at: completedAt ?? blank.updated_at,
    started_at: startedAt,
    completed_at: completedAt,
  }
}

function toFailedRow(source: PageSource, page: PageNumber, code: FailureCode): PageRow {
  return {
    ...blankRow(source, page),
    status: 'failed',
    error_message: toFailureText(code),
    retry_count: retriesBefore(code, source.config.maxRetries),
  }
}

function toWaitingRow(source: PageSource, page: PageNumber): PageRow {
  const underWay = source.status.pagesUnderWay.find((one) => one.page === page)
  const blank = blankRow(source, page)
  if (underWay === undefined) return blank
  return { ...blank, status: 'processing', retry_count: underWay.attempt - 1 }
}

function blankRow({ config, status }: PageSource, page: PageNumber): PageRow {
  return {
    // Unique within its task, as (task_id, page_number) is.
    id: page,
    task_id: status.documentId,
    page_number: page,
    status: 'pending',
    content: null,
    content_length: 0,
    error_message: null,
    processing_time: null,
    retry_count: 0,
    max_retries: config.maxRetries,
    batch_id: batchIdOf(status.documentId, batchNumberOf(page, config.batchSize)),
    // Pages of a task are begun in order; none goes before another.
    priority: 0,
    created_at: status.createdAt,
    updated_at: status.startedAt ?? status.createdAt,
    started_at: null,
    completed_at: null,
  }
}

/** Retries that a code's class allows; only the last failure of a page is kept. */
function retriesBefore(code: FailureCode, maxRetries: number): number {
  const { kind } = FAILURES[code]
  if (kind === 'input') return 0
  return kind === 'transient' ? maxRetries : Math.min(1, maxRetries)
}
