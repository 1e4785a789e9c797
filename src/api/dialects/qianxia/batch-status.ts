import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { parseTaskId } from './find-task.ts'
import { batchStatusSchema } from './schemas.ts'
import { isTaskOf, requireCaller } from './session.ts'
import { COMMON_FAILURES, TAG } from './task-answers.ts'
import { detailCodeOf, errorMessageOf, percentOf, taskStateOf } from './task-row.ts'

const MAX_TASKS = 50

/** `POST /api/tasks/batch/status`: states of several tasks, in the order asked for. */
export function batchStatusRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/api/tasks/batch/status',
    tag: TAG,
    summary: '批量查询任务状态',
    body: z.object({ task_ids: z.array(z.string()).nullish() }).nullish(),
    responses: { 200: { description: '成功', schema: batchStatusSchema }, ...COMMON_FAILURES },
    async handler({ body, request }) {
      const caller = await requireCaller(request, deps)
      const taskIds = body?.task_ids ?? []
      if (taskIds.length === 0) return { status: 400, body: { detail: '未提供任务ID' } }
      if (taskIds.length > MAX_TASKS)
        return { status: 400, body: { detail: '批量查询最多支持50个任务' } }
      const ids = taskIds.map((text) => ({ text, id: parseTaskId(text) }))
      const statuses = await deps.gateway.statuses(ids.flatMap(({ id }) => (id === null ? [] : id)))
      const tasks = ids.map(({ text, id }) => {
        const status = id === null ? null : (statuses.get(id) ?? null)
        if (status === null || !isTaskOf(caller, status))
          return { task_id: text, status: 'not_found', error_message: '任务不存在' }
        return {
          task_id: status.documentId,
          status: taskStateOf(status),
          progress: percentOf(status),
          created_at: status.createdAt,
          completed_at: status.endedAt,
          error_message: errorMessageOf(status),
          ...detailCodeOf(status),
        }
      })
      const counts = new Map<string, number>()
      for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1)
      const summary = { total_tasks: tasks.length, status_counts: Object.fromEntries(counts) }
      return { status: 200, body: { status: 'success', tasks, summary } }
    },
  })
}
