import { z } from 'zod'
import { coerceError, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { requestIdOf } from '../../http/request-context.ts'
import { route, type Route } from '../../http/route.ts'
import { CANCEL_FAILED, INVALID_TASK_ID, TASK_NOT_FOUND } from './error-body.ts'
import { cancelledSchema, errorSchema, notCancellableSchema } from './schemas.ts'
import { readTaskId } from './task-id.ts'
import type { TaskKind } from './task-kind.ts'

/**
 * `POST /cancel/<task_id>`, `/llm/cancel/<task_id>` or `/ocr/cancel/<task_id>`: "取消任务接口". Any
 * kind's id is accepted.
 */
export function cancelRoute(deps: AppDeps, kind: TaskKind): Route {
  return route({
    method: 'post',
    path: `${kind.prefix}/cancel/{task_id}`,
    tag: 'Py OCR',
    summary: `${kind.title} 取消任务接口`,
    params: z.object({ task_id: z.string() }),
    responses: {
      200: { description: '成功', schema: cancelledSchema },
      400: { description: '失败', schema: z.union([notCancellableSchema, errorSchema]) },
      404: { description: '任务不存在', schema: errorSchema },
      500: { description: '服务器内部错误', schema: errorSchema },
      503: { description: '服务暂时不可用', schema: errorSchema },
    },
    async handler({ params, response }) {
      const taskId = readTaskId(params.task_id, response)
      if (taskId === 'invalid') return { status: 400, body: INVALID_TASK_ID }
      if (taskId === 'unknown') return { status: 404, body: TASK_NOT_FOUND }
      try {
        const cancel = await deps.gateway.cancel(taskId)
        if (cancel === null) return { status: 404, body: TASK_NOT_FOUND }
        return cancel.accepted
          ? { status: 200, body: { message: '任务已取消' } }
          : {
              status: 400,
              body: { error: '只能取消处理中的任务', current_status: cancel.status.state },
            }
      } catch (error) {
        if (error instanceof OcrError) throw error
        // Temporal refused the cancel.
        deps.logger.error(
          { requestId: requestIdOf(response), documentId: taskId, err: coerceError(error) },
          'cancel failed',
        )
        return { status: 400, body: CANCEL_FAILED }
      }
    },
  })
}
