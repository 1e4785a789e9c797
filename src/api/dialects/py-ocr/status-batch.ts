import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { INVALID_TASK_ID } from './error-body.ts'
import { resultUrlSigner } from './result-url.ts'
import { batchRequestSchema, batchSchema, errorSchema } from './schemas.ts'
import { toBatchItem } from './status-body.ts'
import { parseTaskId } from './task-id.ts'

/**
 * `POST /status/batch`: "批量查询任务状态接口". Order is kept; a repeated id is answered once, at its
 * first place.
 */
export function statusBatchRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/status/batch',
    tag: 'Py OCR',
    summary: '批量查询任务状态接口',
    body: batchRequestSchema,
    responses: {
      200: { description: '响应', schema: batchSchema },
      400: { description: '无效的任务 ID', schema: errorSchema },
      500: { description: '服务器内部错误', schema: errorSchema },
      503: { description: '服务暂时不可用', schema: errorSchema },
    },
    async handler({ body, request }) {
      const taskIds = [...new Set(body.task_ids)].map((text) => ({ text, id: parseTaskId(text) }))
      if (taskIds.some(({ id }) => id === 'invalid')) return { status: 400, body: INVALID_TASK_ID }
      const documentIds = taskIds.flatMap(({ id }) =>
        id === 'invalid' || id === 'unknown' ? [] : [id],
      )
      const statuses = await deps.gateway.statuses(documentIds)
      const signResultUrl = resultUrlSigner(deps, request)
      const results = await Promise.all(
        taskIds.map(({ text, id }) =>
          toBatchItem(
            text,
            id === 'invalid' || id === 'unknown' ? null : (statuses.get(id) ?? null),
            signResultUrl,
          ),
        ),
      )
      return { status: 200, body: { results } }
    },
  })
}
