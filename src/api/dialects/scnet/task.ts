import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { FailureCode } from '../../../contract/failures.ts'
import type { BlobKey, DocumentId } from '../../../contract/identifiers.ts'
import { toChinaTime } from '../../../platform/china-time.ts'
import { remainingMs } from '../../remaining-time.ts'
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
  readonly signResultUrl: (documentId: DocumentId, result: BlobKey) => Promise<string>
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
      // Thrown, it would take the tasks with it that were asked for in the same request.
      if (!manifest?.results?.scnet) return toFailedTask(status, 'BLOB_MISSING')
      return {
        state: 'succeeded',
        taskId,
        submitTime,
        endTime: toChinaTime(manifest.endedAt),
        results: [await context.signResultUrl(taskId, manifest.results.scnet)],
        imageCount: manifest.progress.totalPages,
      }
    }
    case 'failed':
      return toFailedTask(status, status.failureCode ?? 'INTERNAL_SERVER_ERROR')
    case 'cancelled':
      return toFailedTask(status, 'CANCELLED')
  }
}

function toFailedTask(status: DocumentStatus, detailCode: FailureCode): Task {
  return {
    state: 'failed',
    taskId: status.documentId,
    submitTime: toChinaTime(status.createdAt),
    endTime: toChinaTime(status.endedAt ?? status.createdAt),
    errorCode: TYPE_OF_FAILURE[detailCode],
    errorMessage: toMessage(detailCode, status.engine),
    detailCode,
  }
}

function estimateSeconds(status: DocumentStatus, nowMs: number): number {
  const leftMs = remainingMs(status, nowMs)
  return leftMs === null ? DEFAULT_ESTIMATE_SECONDS : Math.max(1, Math.ceil(leftMs / 1_000))
}
