import type { z } from 'zod'
import type { QianxiaConfig } from '../../../config/dialects-config.ts'
import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { AppDeps } from '../../app-deps.ts'
import { clientAddressOf } from './client-address.ts'
import { toFailureText } from './failure-text.ts'
import type { resultSummarySchema, taskRowSchema, taskStateSchema } from './schemas.ts'

/** State of a task. */
export type TaskState = z.infer<typeof taskStateSchema>

/** A task as answers and events show it. */
export type TaskRow = z.infer<typeof taskRowSchema>

/** What came of a task. */
export type ResultSummary = z.infer<typeof resultSummarySchema>

/** How fast a task is: pages per second, and seconds to its end; `null` while nobody can tell. */
export type TaskPace = {
  readonly pagesPerSecond: number
  readonly remainingSeconds: number | null
}

/** What a row needs besides the status. */
export type TaskRowContext = {
  readonly config: QianxiaConfig
  /** Address that the upload came from; `null`: not known. */
  readonly clientAddress: string | null
  readonly nowMs: number
}

/** The row of a task, with the address that it came from. @throws {OcrError} `STORAGE_UNAVAILABLE` */
export async function readTaskRow(
  deps: Pick<AppDeps, 'config' | 'store'>,
  status: DocumentStatus,
): Promise<TaskRow> {
  return toTaskRow(status, {
    config: deps.config.api.qianxia,
    clientAddress: await clientAddressOf(deps.store, status.documentId),
    nowMs: Date.now(),
  })
}

/** The row of a task. `processed_pages` counts every page that has ended, failed ones included. */
export function toTaskRow(status: DocumentStatus, context: TaskRowContext): TaskRow {
  const { progress, createdAt, startedAt, endedAt } = status
  const pace = paceOf(status, context.nowMs)
  return {
    id: status.documentId,
    // Who has an API key alone is no user.
    user_id: /^qianxia:(.+)$/.exec(status.owner ?? '')?.[1] ?? null,
    task_type: status.mediaType === 'pdf' ? 'pdf_ocr' : 'image_ocr',
    status: taskStateOf(status),
    file_name: status.fileName,
    file_size: status.sizeBytes ?? 0,
    // As documented, 1 until the pages were counted.
    total_pages: Math.max(1, progress.totalPages),
    processed_pages: progress.donePages,
    failed_pages: progress.failedPages,
    progress: percentOf(status),
    processing_rate: pace.pagesPerSecond,
    estimated_time_remaining: pace.remainingSeconds,
    created_at: createdAt,
    started_at: startedAt,
    completed_at: endedAt,
    last_updated_at: endedAt ?? startedAt ?? createdAt,
    error_message: errorMessageOf(status),
    client_ip: context.clientAddress,
    metadata: {},
    result_summary: hasEnded(status.state) ? toResultSummary(status) : {},
    page_strategy: 'auto',
    batch_size: context.config.batchSize,
    // A task is never begun anew: its pages are tried again one by one.
    retry_count: 0,
    max_retries: context.config.maxRetries,
    ...(status.queuedReason === null ? {} : { queued_reason: status.queuedReason }),
    ...detailCodeOf(status),
  }
}

/** The finer cause of a failed task, for bodies that report it. */
export function detailCodeOf({ state, failureCode }: DocumentStatus): { detail_code?: string } {
  return state === 'failed' ? { detail_code: failureCode ?? 'INTERNAL_SERVER_ERROR' } : {}
}

/** The documented state. A task stays `pending` while nobody is there who could read its pages. */
export function taskStateOf({ state, progress, queuedReason }: DocumentStatus): TaskState {
  switch (state) {
    case 'queued':
      return 'pending'
    case 'processing':
      return queuedReason !== null && progress.donePages === 0 ? 'pending' : 'processing'
    case 'cancelling':
      return 'processing'
    case 'completed':
    case 'failed':
    case 'cancelled':
      return state
  }
}

/** Why a task failed or was cancelled; `null` otherwise. */
export function errorMessageOf({ state, failureCode }: DocumentStatus): string | null {
  if (state === 'cancelled') return '任务已取消'
  return state === 'failed' ? toFailureText(failureCode ?? 'INTERNAL_SERVER_ERROR') : null
}

/** Per cent of the pages that have ended, one decimal; 100 is kept for completed tasks. */
export function percentOf({ state, progress }: DocumentStatus): number {
  if (state === 'completed') return 100
  if (progress.totalPages === 0) return 0
  return Math.min(99.9, Math.floor((1000 * progress.donePages) / progress.totalPages) / 10)
}

/** How fast a task is, from the pages that have ended since a worker took it. */
export function paceOf(status: DocumentStatus, nowMs: number): TaskPace {
  const { donePages, totalPages } = status.progress
  const isOver = hasEnded(status.state)
  const elapsedSeconds = secondsOf(status, nowMs)
  if (donePages === 0 || elapsedSeconds === 0)
    return { pagesPerSecond: 0, remainingSeconds: isOver ? 0 : null }
  const secondsPerPage = elapsedSeconds / donePages
  return {
    pagesPerSecond: round(1 / secondsPerPage),
    remainingSeconds: isOver ? 0 : round(secondsPerPage * (totalPages - donePages)),
  }
}

/** What came of a task. */
export function toResultSummary(status: DocumentStatus): ResultSummary {
  const { donePages, failedPages, totalPages } = status.progress
  const successfulPages = donePages - failedPages
  const percent = totalPages === 0 ? 0 : (100 * successfulPages) / totalPages
  return {
    total_pages: totalPages,
    successful_pages: successfulPages,
    failed_pages: failedPages,
    success_rate: `${percent.toFixed(1)}%`,
    processing_time: secondsOf(status, Date.now()),
    file_size_mb: megabytesOf(status),
  }
}

/** Size of the file in megabytes, two decimals. */
export function megabytesOf({ sizeBytes }: DocumentStatus): number {
  return Number(((sizeBytes ?? 0) / (1024 * 1024)).toFixed(2))
}

/** Three decimals. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** Seconds that a worker has had the task. */
function secondsOf({ startedAt, endedAt }: DocumentStatus, nowMs: number): number {
  if (startedAt === null) return 0
  const endMs = endedAt === null ? nowMs : Date.parse(endedAt)
  return round(Math.max(0, endMs - Date.parse(startedAt)) / 1000)
}
