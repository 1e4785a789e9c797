import type { z } from 'zod'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { BlobKey, DocumentId } from '../../../contract/identifiers.ts'
import { remainingMs } from '../../remaining-time.ts'
import { toFailureText } from './failure-text.ts'
import { retryCountOf } from './retry-count.ts'
import type { batchSchema, briefStatusSchema, statusSchema } from './schemas.ts'
import { taskKindOf } from './task-kind.ts'
import { readOutcome } from './task-outcome.ts'

type StatusBody = z.infer<typeof statusSchema>
type BriefStatusBody = z.infer<typeof briefStatusSchema>
type BatchItem = z.infer<typeof batchSchema>['results'][number]

/** What a status body needs besides the status. */
export type StatusContext = {
  /** Signs the URL of a result text. */
  readonly signResultUrl: (documentId: DocumentId, text: BlobKey) => Promise<string>
  readonly nowMs: number
  /** What the `error` of a failed task begins with. */
  readonly failureLabel: string
}

const CANCELLED = { status: 'cancelled', error: '任务已被用户取消' } as const

/** Body of `GET /status/<task_id>` and `GET /llm/status/<task_id>`. */
export async function toStatusBody(
  status: DocumentStatus,
  { signResultUrl, nowMs, failureLabel }: StatusContext,
): Promise<StatusBody> {
  const outcome = readOutcome(status)
  switch (outcome.state) {
    case 'processing': {
      const estimated = estimateCompletion(status, nowMs)
      return {
        status: 'processing',
        progress: progressOf(status),
        started_at: toSeconds(status.startedAt ?? status.createdAt),
        ...(estimated === null ? {} : { estimated_completion: estimated }),
      }
    }
    case 'completed': {
      const { completedAt, results } = outcome
      return {
        status: 'completed',
        minio_url: await signResultUrl(status.documentId, results.text),
        completed_at: toSeconds(completedAt),
        processing_time: processingSeconds(status),
        file_size: results.textSizeBytes,
        text_length: results.textLength,
      }
    }
    case 'failed': {
      const { code } = outcome
      return {
        status: 'failed',
        error: toFailureText(failureLabel, code, status),
        code: 'OCR_PROCESSING_ERROR',
        failed_at: toSeconds(status.endedAt ?? status.createdAt),
        retry_count: retryCountOf(code, status.engine),
        detail_code: code,
      }
    }
    case 'cancelled':
      return CANCELLED
  }
}

/** Body of `GET /ocr/status/<task_id>`. */
export async function toBriefStatusBody(
  status: DocumentStatus,
  { signResultUrl, failureLabel }: Pick<StatusContext, 'signResultUrl' | 'failureLabel'>,
): Promise<BriefStatusBody> {
  const { documentId: task_id } = status
  const outcome = readOutcome(status)
  switch (outcome.state) {
    case 'processing':
      return { status: 'processing', task_id }
    case 'completed':
      return {
        status: 'completed',
        task_id,
        minio_url: await signResultUrl(task_id, outcome.results.text),
      }
    case 'failed':
      return {
        status: 'failed',
        task_id,
        error: toFailureText(failureLabel, outcome.code, status),
        detail_code: outcome.code,
      }
    case 'cancelled':
      return { ...CANCELLED, task_id }
  }
}

/** Item of `POST /status/batch`; `null` is an unknown task. */
export async function toBatchItem(
  taskId: string,
  status: DocumentStatus | null,
  signResultUrl: StatusContext['signResultUrl'],
): Promise<BatchItem> {
  if (status === null)
    return {
      task_id: taskId,
      status: 'not_found',
      error: 'Task ID not found',
      code: 'TASK_NOT_FOUND',
    }
  const outcome = readOutcome(status)
  switch (outcome.state) {
    case 'processing':
      return { task_id: taskId, status: 'processing', progress: progressOf(status) }
    case 'completed':
      return {
        task_id: taskId,
        status: 'completed',
        minio_url: await signResultUrl(status.documentId, outcome.results.text),
      }
    case 'failed': {
      const label = taskKindOf(status.engine).failureLabel
      return {
        task_id: taskId,
        status: 'failed',
        error: toFailureText(label, outcome.code, status),
        detail_code: outcome.code,
      }
    }
    case 'cancelled':
      return { task_id: taskId, ...CANCELLED }
  }
}

/** Per cent of the pages; 100 is kept for completed tasks. */
function progressOf({ progress }: DocumentStatus): number {
  if (progress.totalPages === 0) return 0
  return Math.min(99, Math.floor((100 * progress.donePages) / progress.totalPages))
}

/** From the pages done so far; `null` while none is, or when the document is about to be cancelled. */
function estimateCompletion(status: DocumentStatus, nowMs: number): string | null {
  const leftMs = status.state === 'processing' ? remainingMs(status, nowMs) : null
  return leftMs === null ? null : toSeconds(new Date(nowMs + leftMs).toISOString())
}

function processingSeconds({ startedAt, createdAt, endedAt }: DocumentStatus): number {
  const elapsedMs = Date.parse(endedAt ?? createdAt) - Date.parse(startedAt ?? createdAt)
  return Math.max(0, Math.round(elapsedMs / 1_000))
}

/** The documented times end in seconds. */
function toSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
