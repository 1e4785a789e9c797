import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { requireTask } from './find-task.ts'
import { pageRows } from './page-row.ts'
import { taskSchema } from './schemas.ts'
import { sendPieces, streamedJson } from './streamed-json.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'
import { readTaskRow } from './task-row.ts'

/** `GET /api/tasks/{id}`: a task, and of a PDF its pages. */
export function getTaskRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}',
    tag: TAG,
    summary: '任务详情',
    params: taskParams,
    responses: { 200: { description: '成功', schema: taskSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      const members = await readTaskRow(deps, status)
      const source = { gateway: deps.gateway, config: deps.config.api.qianxia, status }
      const lists = status.mediaType === 'pdf' ? { page_results: pageRows(source) } : {}
      response.type('application/json')
      await sendPieces(request, response, streamedJson({ members, lists }))
      return null
    },
  })
}
