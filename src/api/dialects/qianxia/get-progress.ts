import type { z } from 'zod'
import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { toBatchRows, type BatchRow } from './batch-row.ts'
import { requireTask } from './find-task.ts'
import { readingsOf, readPageFacts } from './page-facts.ts'
import { toPageStatistics } from './page-statistics.ts'
import { batchesSchema, progressSchema, type latestProgressSchema } from './schemas.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'
import { paceOf, percentOf, readTaskRow, taskStateOf, type TaskState } from './task-row.ts'

/** `GET /api/tasks/{id}/progress`: how far a task is, in every view. */
export function getProgressRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/progress',
    tag: TAG,
    summary: '任务进度',
    params: taskParams,
    responses: { 200: { description: '成功', schema: progressSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      const facts = await readPageFacts(deps.gateway, status)
      const { batchSize } = deps.config.api.qianxia
      const batches = toBatchRows(status, batchSize, readingsOf(facts))
      const taskInfo = await readTaskRow(deps, status)
      const pace = paceOf(status, Date.now())
      const { totalPages, donePages, failedPages } = status.progress
      const data = {
        task_info: taskInfo,
        latest_progress: toLatestProgress(status, batches),
        batches,
        page_statistics: toPageStatistics(status, facts),
        detailed_progress: {
          total_pages: totalPages,
          processed_pages: donePages,
          failed_pages: failedPages,
          progress_percentage: percentOf(status),
          processing_rate: pace.pagesPerSecond,
          estimated_time_remaining: pace.remainingSeconds,
        },
      }
      return { status: 200, body: { status: 'success', data } }
    },
  })
}

/** `GET /api/tasks/{id}/batches`: the batches of a task. */
export function getBatchesRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/batches',
    tag: TAG,
    summary: '任务批次',
    params: taskParams,
    responses: { 200: { description: '成功', schema: batchesSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      const facts = await readPageFacts(deps.gateway, status)
      const { batchSize } = deps.config.api.qianxia
      const batches = toBatchRows(status, batchSize, readingsOf(facts))
      const data = { task_id: status.documentId, batches, total_batches: batches.length }
      return { status: 200, body: { status: 'success', data } }
    },
  })
}

const STATE_TEXT: Readonly<Record<TaskState, string>> = {
  pending: '等待中',
  processing: '处理中',
  completed: '已完成',
  failed: '失败',
  cancelled: '已取消',
}

function toLatestProgress(
  status: DocumentStatus,
  batches: readonly BatchRow[],
): z.infer<typeof latestProgressSchema> {
  const { totalPages, donePages, failedPages } = status.progress
  const nowMs = Date.now()
  const pace = paceOf(status, nowMs)
  return {
    // One step per page that has ended; no history of them is kept.
    id: donePages + 1,
    task_id: status.documentId,
    timestamp: hasEnded(status.state) && status.endedAt ? status.endedAt : isoOf(nowMs),
    progress: percentOf(status),
    processed_pages: donePages,
    failed_pages: failedPages,
    processing_rate: pace.pagesPerSecond,
    estimated_time_remaining: pace.remainingSeconds,
    current_batch_id: batches.find((batch) => batch.status === 'processing')?.id ?? null,
    message: `${STATE_TEXT[taskStateOf(status)]}：${donePages}/${totalPages} 页`,
  }
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
