import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { quotaOf, type Quota } from './quota.ts'
import { errorSchema } from './schemas.ts'
import { endSession, requireCaller, requireUser } from './session.ts'

const TAG = 'Qianxia'

const quotaSchema = z.strictObject({
  total_pages: z.int(),
  used_pages: z.int().meta({ description: 'Of the last 30 days' }),
  remaining_pages: z.int(),
})

const loggedOutSchema = z
  .strictObject({ status: z.literal('success'), message: z.literal('已登出') })
  .meta({ id: 'QianxiaLoggedOut' })

const currentUserSchema = z
  .strictObject({
    status: z.literal('success'),
    data: z.strictObject({
      user_id: z.string(),
      username: z.string(),
      is_admin: z.boolean(),
      quota: quotaSchema,
    }),
  })
  .meta({ id: 'QianxiaCurrentUser' })

const userQuotaSchema = z
  .strictObject({ status: z.literal('success'), data: quotaSchema })
  .meta({ id: 'QianxiaQuota' })

const refused = {
  401: { description: '未登录', schema: errorSchema },
  503: { description: '服务暂时不可用', schema: errorSchema },
} as const

/** The routes of a user below the path password. */
export function createUserRoutes(deps: AppDeps): Route[] {
  return [logoutRoute(deps), currentUserRoute(deps), quotaRoute(deps)]
}

function logoutRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/api/auth/logout',
    tag: TAG,
    summary: '登出',
    responses: { 200: { description: '已登出', schema: loggedOutSchema }, ...refused },
    failures: ['UNAUTHORIZED'],
    async handler({ request, response }) {
      await requireCaller(request, deps)
      endSession(deps, request, response)
      return { status: 200, body: { status: 'success', message: '已登出' } }
    },
  })
}

function currentUserRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/user/current',
    tag: TAG,
    summary: '当前用户',
    responses: { 200: { description: '成功', schema: currentUserSchema }, ...refused },
    failures: ['UNAUTHORIZED'],
    async handler({ request }) {
      const caller = await requireUser(request, deps)
      const { userId, username, isAdmin } = caller.user
      const quota = toQuotaBody(await quotaOf(deps, caller))
      return {
        status: 200,
        body: {
          status: 'success',
          data: { user_id: userId, username, is_admin: isAdmin, quota },
        },
      }
    },
  })
}

function quotaRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/user/quota',
    tag: TAG,
    summary: '配额',
    responses: { 200: { description: '成功', schema: userQuotaSchema }, ...refused },
    failures: ['UNAUTHORIZED'],
    async handler({ request }) {
      const caller = await requireUser(request, deps)
      return {
        status: 200,
        body: { status: 'success', data: toQuotaBody(await quotaOf(deps, caller)) },
      }
    },
  })
}

function toQuotaBody(quota: Quota): z.infer<typeof quotaSchema> {
  return {
    total_pages: quota.totalPages,
    used_pages: quota.usedPages,
    remaining_pages: quota.remainingPages,
  }
}
