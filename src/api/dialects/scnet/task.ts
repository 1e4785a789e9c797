import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { Manifest } from '../../../contract/document.ts'
import type { FailureCode } from '../../../contract/failures.ts'
import { toChinaTime } from '../../../platform/china-time.ts'
import { TYPE_OF_FAILURE, toMessage } from './error-type.ts'
import type { ErrorType } from './schemas.ts'

/** What is estimated while nothing is known; the samples wait for 10 s at most. */
export const DEFAULT_ESTIMATE_SECONDS = 10

/** A task as the document sees it, before it is spelled in one of its two ways. */
export type Task =
  | { readonly state: 'unknown'; readonly taskId: string }
  | {
      readonly state: 'pending' | 'running'
      readonly taskId: string
      readonly submitTime: string
      /** From 1. */
      readonly estimatedSeconds: number
    }
  | {
      readonly state: 'succeeded'
      readonly taskId: string
      readonly submitTime: string
      readonly endTime: string
      readonly results: readonly string[]
      readonly imageCount: number
    }
  | {
      readonly state: 'failed'
      readonly taskId: string
      readonly submitTime: string
      readonly endTime: string
      readonly errorCode: ErrorType
      readonly errorMessage: string
      readonly detailCode: FailureCode
    }

/** What a task needs besides its status. */
export type TaskContext = {
  /** Signs the URL of a result file. */
  readonly signResultUrl: (manifest: Manifest) => Promise<string>
  readonly nowMs: number
}

/** A document of this dialect as a task. Times are in UTC+8. */
export async function toTask(status: DocumentStatus, context: TaskContext): Promise<Task> {
  const taskId = status.documentId
  const submitTime = toChinaTime(status.createdAt)
  switch (status.state) {
    case 'queued':
      return {
        state: 'pending',
        taskId,
        submitTime,
        estimatedSeconds: DEFAULT_ESTIMATE_SECONDS,
      }
    case 'processing':
    case 'cancelling': {
      const estimatedSeconds = estimateSeconds(status, context.nowMs)
      return { state: 'running', taskId, submitTime, estimatedSeconds }
    }
    case 'completed': {
      const { manifest } = status
      if (manifest === null) throw new Error('A completed document has a manifest')
      return {
        state: 'succeeded',
        taskId,
        submitTime,
        endTime: toChinaTime(manifest.endedAt),
        results: [await context.signResultUrl(manifest)],
        imageCount: manifest.progress.totalPages,
      }
    }
    case 'failed':
    case 'cancelled': {
      const detailCode =
        status.state === 'cancelled' ? 'CANCELLED' : (status.failureCode ?? 'INTERNAL_SERVER_ERROR')
      return {
        state: 'failed',
        taskId,
        submitTime,
        endTime: toChinaTime(status.endedAt ?? status.createdAt),
        errorCode: TYPE_OF_FAILURE[detailCode],
        errorMessage: toMessage(detailCode, { name: status.engine, detail: null }),
        detailCode,
      }
    }
  }
}

/** From the pages done so far. */
function estimateSeconds({ startedAt, progress }: DocumentStatus, nowMs: number): number {
  const { donePages, totalPages } = progress
  if (startedAt === null || donePages === 0) return DEFAULT_ESTIMATE_SECONDS
  const elapsedMs = Math.max(0, nowMs - Date.parse(startedAt))
  const remainingMs = (elapsedMs / donePages) * (totalPages - donePages)
  return Math.max(1, Math.ceil(remainingMs / 1_000))
}
