import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { TAG } from './task-answers.ts'

const healthySchema = z.strictObject({ status: z.literal('healthy'), timestamp: z.iso.datetime() })
const unhealthySchema = z.strictObject({ status: z.literal('unhealthy'), reason: z.string() })

/** `GET /health` and `/healthz`: whether tasks can be taken; without a password. */
export function healthRoutes(deps: AppDeps): Route[] {
  return ['/health', '/healthz'].map((path) =>
    route({
      method: 'get',
      path,
      tag: TAG,
      isOpen: true,
      summary: '健康检查',
      responses: {
        200: { description: '正常', schema: healthySchema },
        503: { description: '不可用', schema: unhealthySchema },
      },
      async handler() {
        const { temporal, store } = await deps.gateway.readiness()
        const reason = deps.stopping.aborted
          ? '服务正在停止'
          : !temporal
            ? '任务系统无法连接'
            : !store
              ? '存储服务无法连接'
              : null
        if (reason === null) {
          const timestamp = new Date().toISOString()
          return { status: 200, body: { status: 'healthy', timestamp } }
        }
        const headers = { 'Retry-After': '5' }
        return { status: 503, body: { status: 'unhealthy', reason }, headers }
      },
    }),
  )
}
