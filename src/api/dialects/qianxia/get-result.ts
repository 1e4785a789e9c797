import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { requireTask } from './find-task.ts'
import { contentPieces, pageRows } from './page-row.ts'
import { resultSchema } from './schemas.ts'
import { sendPieces, streamedJson } from './streamed-json.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'
import { detailCodeOf, errorMessageOf, megabytesOf, percentOf, taskStateOf } from './task-row.ts'

/** `GET /api/tasks/{id}/result`: the Markdown of a task, empty until it is completed. */
export function getResultRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/result',
    tag: TAG,
    summary: '任务结果',
    params: taskParams,
    responses: { 200: { description: '成功', schema: resultSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      const source = { gateway: deps.gateway, config: deps.config.api.qianxia, status }
      const isCompleted = status.state === 'completed'
      const pieces = streamedJson({
        members: {
          task_id: status.documentId,
          status: taskStateOf(status),
          progress: percentOf(status),
          created_at: status.createdAt,
          completed_at: status.endedAt,
          error_message: errorMessageOf(status),
          file_size_mb: megabytesOf(status),
          ...(isCompleted ? {} : { content: '' }),
          ...detailCodeOf(status),
        },
        texts: isCompleted ? { content: contentPieces(source) } : {},
        lists: status.mediaType === 'pdf' ? { page_results: pageRows(source) } : {},
      })
      response.type('application/json')
      await sendPieces(request, response, pieces)
      return null
    },
  })
}
