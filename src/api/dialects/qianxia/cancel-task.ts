import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { requireTask } from './find-task.ts'
import { messageSchema } from './schemas.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'

/** `DELETE /api/tasks/{id}`, where `endpoints.cancel` leads, and `POST /api/tasks/{id}/cancel`. */
export function cancelRoutes(deps: AppDeps): Route[] {
  return [
    cancelRoute(deps, 'delete', '/api/tasks/{task_id}'),
    cancelRoute(deps, 'post', '/api/tasks/{task_id}/cancel'),
  ]
}

function cancelRoute(deps: AppDeps, method: 'delete' | 'post', path: string): Route {
  return route({
    method,
    path,
    tag: TAG,
    summary: '取消任务',
    params: taskParams,
    responses: { 200: { description: '任务已取消', schema: messageSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const { documentId } = await requireTask(deps, {
        taskId: params.task_id,
        request,
        response,
        isExact: false,
      })
      const cancel = await deps.gateway.cancel(documentId)
      if (cancel === null)
        throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot cancel task: it was deleted meanwhile')
      if (!cancel.accepted)
        throw new OcrError('DOCUMENT_FINISHED', 'Cannot cancel task: it has ended')
      return { status: 200, body: { status: 'success', message: '任务已取消' } }
    },
  })
}
