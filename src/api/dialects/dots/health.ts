import type { AppDeps } from '../../app-deps.ts'
import { gpuStatusOrNone } from '../../gpu-status.ts'
import { route, type Route } from '../../http/route.ts'
import { healthSchema } from './schemas.ts'

/** `GET /health`: "检查服务器状态和模型加载情况". Always 200. */
export function healthRoute({ gpuStatus }: Pick<AppDeps, 'gpuStatus'>): Route {
  return route({
    method: 'get',
    path: '/health',
    tag: 'dots',
    isOpen: true,
    summary: '健康检查',
    responses: { 200: { description: '成功', schema: healthSchema } },
    async handler() {
      return {
        status: 200,
        body: {
          status: 'healthy',
          model_loaded: (await gpuStatusOrNone(gpuStatus, 'dots')).isReady,
        },
      }
    },
  })
}
