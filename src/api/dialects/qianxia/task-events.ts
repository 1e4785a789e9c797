import type { QianxiaConfig } from '../../../config/dialects-config.ts'
import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { DocumentEvent, PageEnded, PageRetried } from '../../live/live-documents.ts'
import { BatchEvents } from './batch-events.ts'
import { toFailureText } from './failure-text.ts'
import type { ServerMessage } from './socket-messages.ts'
import { toTaskRow, type TaskRow } from './task-row.ts'

// The estimates of the submit answers, in seconds.
const IMAGE_SECONDS = 30
const PDF_PAGE_SECONDS = 3

/** What the events of a task are made with. */
export type TaskEventsOptions = {
  /** The task when it was subscribed to. */
  readonly status: DocumentStatus
  readonly config: QianxiaConfig
}

/**
 * Turns the events of a document into those of a task, for one subscription.
 *
 * A task is first told to have started, whenever it is subscribed to; until its pages were counted,
 * only its progress is told. Batches begin with the first and end with the last event of their
 * pages, so that everybody sees them at the same place. `task_completed` comes without its preview.
 */
export class TaskEvents {
  readonly #options: TaskEventsOptions
  #batches: BatchEvents | null = null
  /** Came before anybody said of how many pages the task is. */
  #held: (PageEnded | PageRetried)[] = []

  constructor(options: TaskEventsOptions) {
    this.#options = options
  }

  /** The messages that an event is told with, in order. */
  translate(event: DocumentEvent): ServerMessage[] {
    const status = event.kind === 'status' ? event.status : null
    const messages = this.#batches === null ? this.#start(status ?? this.#options.status) : []
    if (status !== null) messages.push(...this.#statusMessages(status))
    else if (event.kind !== 'status') messages.push(...this.#pageMessages(event))
    return messages
  }

  #start(status: DocumentStatus): ServerMessage[] {
    if (!hasStarted(status)) return []
    const row = this.#rowOf(status)
    const isPdf = row.task_type === 'pdf_ocr'
    this.#batches = new BatchEvents({
      documentId: status.documentId,
      batchSize: this.#options.config.batchSize,
      // A single image is no batch.
      totalPages: isPdf ? status.progress.totalPages : 0,
    })
    const started = {
      type: 'task_started',
      task_id: row.id,
      task_type: row.task_type,
      file_name: row.file_name,
      total_pages: row.total_pages,
      estimated_time: isPdf ? row.total_pages * PDF_PAGE_SECONDS : IMAGE_SECONDS,
    }
    const held = this.#held
    this.#held = []
    return [started, ...held.flatMap((event) => this.#pageMessages(event))]
  }

  #pageMessages(event: PageEnded | PageRetried): ServerMessage[] {
    if (this.#batches === null) {
      this.#held.push(event)
      return []
    }
    const before = this.#batches.before(event.page)
    if (event.kind === 'retry') return [...before, this.#retryMessage(event)]
    return [...before, this.#pageMessage(event), ...this.#batches.after(event)]
  }

  #pageMessage({ page, outcome, code, markdownCharacters, seconds }: PageEnded): ServerMessage {
    return {
      type: 'page_completed',
      task_id: this.#options.status.documentId,
      data: {
        page_number: page,
        status: outcome === 'failed' ? 'failed' : 'completed',
        content_length: markdownCharacters ?? 0,
        processing_time: seconds,
        error_message: code === null ? null : toFailureText(code),
      },
    }
  }

  #retryMessage({ page, attempt, code }: PageRetried): ServerMessage {
    return {
      type: 'page_retry',
      task_id: this.#options.status.documentId,
      data: {
        page_number: page,
        retry_count: attempt - 1,
        max_retries: this.#options.config.maxRetries,
        retry_reason: code,
        previous_error: code === null ? null : toFailureText(code),
      },
    }
  }

  #statusMessages(status: DocumentStatus): ServerMessage[] {
    const row = this.#rowOf(status)
    return [progressMessage(status, row), ...endMessages(status, row)]
  }

  #rowOf(status: DocumentStatus): TaskRow {
    const { config } = this.#options
    return toTaskRow(status, { config, clientAddress: null, nowMs: Date.now() })
  }
}

function hasStarted({ progress, state, startedAt }: DocumentStatus): boolean {
  return progress.totalPages > 0 || (hasEnded(state) && startedAt !== null)
}

function progressMessage(status: DocumentStatus, row: TaskRow): ServerMessage {
  const { progress, pagesUnderWay } = status
  return {
    type: 'task_progress',
    task_id: row.id,
    data: {
      progress: row.progress,
      current_page: Math.min(
        row.total_pages,
        progress.donePages + 1,
        ...pagesUnderWay.map(({ page }) => page),
      ),
      total_pages: row.total_pages,
      status: row.status,
      message: PROGRESS_TEXT[row.status](row),
      processed_pages: row.processed_pages,
      failed_pages: row.failed_pages,
      estimated_time_remaining: row.estimated_time_remaining,
      processing_rate: row.processing_rate,
      silent: false,
    },
  }
}

const PROGRESS_TEXT: Readonly<Record<TaskRow['status'], (row: TaskRow) => string>> = {
  pending: () => '等待中',
  processing: (row) => `处理中: ${row.processed_pages}/${row.total_pages}页`,
  completed: () => '已完成',
  failed: () => '失败',
  cancelled: () => '已取消',
}

/** The last of them is the end of the task. */
function endMessages(status: DocumentStatus, row: TaskRow): ServerMessage[] {
  const task_id = row.id
  const results = row.result_summary
  if (status.state === 'completed')
    return [{ type: 'task_completed', task_id, result_summary: results }]
  if (status.state === 'cancelled')
    return [{ type: 'task_cancelled', task_id, reason: '任务已取消', partial_results: results }]
  if (status.state !== 'failed') return []
  const { error_message } = row
  return [
    {
      type: 'error_notification',
      error_type: status.failureCode,
      error_message,
      task_id,
      severity: 'error',
    },
    {
      type: 'task_failed',
      task_id,
      error_message,
      failed_page: status.failedPages[0]?.page ?? null,
      partial_results: results,
    },
  ]
}
