import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { requireTask } from './find-task.ts'
import { readPageFacts } from './page-facts.ts'
import { pageRows, readPageRow } from './page-row.ts'
import { toPageStatistics } from './page-statistics.ts'
import { pageSchema, pagesSchema } from './schemas.ts'
import { sendPieces, streamedJson } from './streamed-json.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'

/** `GET /api/tasks/{id}/pages`: all pages, as far as they are. */
export function getPagesRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/pages',
    tag: TAG,
    summary: '页面结果列表',
    params: taskParams,
    responses: { 200: { description: '成功', schema: pagesSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      const facts = await readPageFacts(deps.gateway, status)
      const pieces = streamedJson({
        members: {
          task_id: status.documentId,
          total_pages: status.progress.totalPages,
          page_statistics: toPageStatistics(status, facts),
        },
        lists: {
          pages: pageRows({ gateway: deps.gateway, config: deps.config.api.qianxia, status }),
        },
      })
      response.type('application/json')
      await sendPieces(request, response, pieces)
      return null
    },
  })
}

/** `GET /api/tasks/{id}/pages/{n}`: one page, once it has ended. */
export function getPageRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/pages/{page_number}',
    tag: TAG,
    isSinglePage: true,
    summary: '单页结果',
    params: taskParams.extend({
      page_number: z.string().meta({ override: { type: 'integer', minimum: 1 } }),
    }),
    responses: { 200: { description: '成功', schema: pageSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      if (!/^-?\d{1,9}$/.test(params.page_number))
        return { status: 400, body: { detail: '请求格式错误' } }
      const page = Number(params.page_number)
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      if (page < 1) return { status: 400, body: { detail: '页码必须大于0' } }
      const { totalPages } = status.progress
      if (totalPages > 0 && page > totalPages)
        return { status: 404, body: { detail: '页码超出范围' } }
      const source = { gateway: deps.gateway, config: deps.config.api.qianxia, status }
      const row = totalPages === 0 ? null : await readPageRow(source, page)
      if (row === null || row.status === 'pending' || row.status === 'processing')
        return { status: 404, body: { detail: '页面结果不存在' } }
      return {
        status: 200,
        body: {
          status: 'success',
          data: { task_id: status.documentId, page_number: page, page_result: row },
        },
      }
    },
  })
}
