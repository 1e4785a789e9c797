import { z } from 'zod'
import type { ResponseSpec } from '../../http/route.ts'
import { errorSchema } from './schemas.ts'

/** Tag of all routes of the dialect in the OpenAPI document. */
export const TAG = 'Qianxia'

/** Path parameters of the routes of one task. */
export const taskParams = z.object({ task_id: z.string() })

/** Failures that every route below the path password may answer with. */
export const COMMON_FAILURES: Readonly<Record<number, ResponseSpec>> = {
  400: { description: '请求格式错误', schema: errorSchema },
  401: { description: '未登录', schema: errorSchema },
  500: { description: '服务器内部错误', schema: errorSchema },
  503: { description: '服务暂时不可用', schema: errorSchema },
}

/** Failures of the routes of one task. */
export const TASK_FAILURES: Readonly<Record<number, ResponseSpec>> = {
  ...COMMON_FAILURES,
  404: { description: '任务不存在', schema: errorSchema },
}
