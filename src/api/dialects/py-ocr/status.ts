import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { INVALID_TASK_ID, TASK_NOT_FOUND } from './error-body.ts'
import { resultUrlSigner } from './result-url.ts'
import { briefStatusSchema, errorSchema, statusSchema } from './schemas.ts'
import { toBriefStatusBody, toStatusBody } from './status-body.ts'
import { readTaskId } from './task-id.ts'
import type { TaskKind } from './task-kind.ts'

/**
 * `GET /status/<task_id>`, `/llm/status/<task_id>` or `/ocr/status/<task_id>`: "查询任务状态接口".
 * Any kind's id is accepted; the route that is asked decides the form of the answer.
 */
export function statusRoute(deps: AppDeps, kind: TaskKind): Route {
  const toBody = kind.hasBriefStatus ? toBriefStatusBody : toStatusBody
  return route({
    method: 'get',
    path: `${kind.prefix}/status/{task_id}`,
    tag: 'Py OCR',
    summary: `${kind.title} 查询任务状态接口`,
    params: z.object({ task_id: z.string() }),
    responses: {
      200: {
        description: '成功',
        schema: kind.hasBriefStatus ? briefStatusSchema : statusSchema,
      },
      400: { description: '无效的任务 ID', schema: errorSchema },
      404: { description: '任务不存在', schema: errorSchema },
      500: { description: '服务器内部错误', schema: errorSchema },
      503: { description: '服务暂时不可用', schema: errorSchema },
    },
    async handler({ params, request, response }) {
      const taskId = readTaskId(params.task_id, response)
      if (taskId === 'invalid') return { status: 400, body: INVALID_TASK_ID }
      const status = taskId === 'unknown' ? null : await deps.gateway.status(taskId)
      if (status === null) return { status: 404, body: TASK_NOT_FOUND }
      const signResultUrl = resultUrlSigner(deps, request)
      return {
        status: 200,
        body: await toBody(status, {
          signResultUrl,
          nowMs: Date.now(),
          failureLabel: kind.failureLabel,
        }),
      }
    },
  })
}
