import type { Request } from 'express'
import { z } from 'zod'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Answer, type Route } from '../../http/route.ts'
import {
  checkPassword,
  createAccount,
  parseUsername,
  type Account,
  type Credentials,
} from './accounts.ts'
import { errorSchema } from './schemas.ts'
import { startSession } from './session.ts'

const MIN_PASSWORD_LENGTH = 6

const NO_CREDENTIALS = '用户名和密码不能为空'

const TAG = 'Qianxia'

const credentialsSchema = z.object({
  username: z.string().nullish(),
  password: z.string().nullish(),
  token: z.unknown().optional().meta({ description: 'Ignored' }),
})

const registeredSchema = z
  .strictObject({
    status: z.literal('success'),
    message: z.literal('注册成功'),
    user_id: z.string(),
  })
  .meta({ id: 'QianxiaRegistered' })

const loggedInSchema = z
  .strictObject({
    status: z.literal('success'),
    message: z.literal('登录成功'),
    data: z.strictObject({ user_id: z.string(), username: z.string(), is_admin: z.boolean() }),
  })
  .meta({ id: 'QianxiaLoggedIn' })

/** The routes of accounts that stand at the root, without the path password. */
export function createAuthRoutes(deps: AppDeps): Route[] {
  return [registerRoute(deps), loginRoute(deps)]
}

function registerRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/api/auth/register',
    tag: TAG,
    // A session is as good as a key: where keys are needed, no stranger gives himself one.
    isOpen: !deps.callers.areKeysNeeded,
    summary: '注册',
    description: 'The first user becomes admin. Where API keys are set up, it takes one.',
    body: credentialsSchema,
    responses: {
      200: { description: '注册成功', schema: registeredSchema },
      400: { description: '参数错误或用户名已存在', schema: errorSchema },
      401: { description: '未登录', schema: errorSchema },
      429: { description: '请求过于频繁', schema: errorSchema },
      503: { description: '服务暂时不可用', schema: errorSchema },
    },
    failures: ['RATE_LIMITED'],
    async handler({ body }) {
      const credentials = readCredentials(body)
      if (credentials === null) return refused(NO_CREDENTIALS)
      const username = parseUsername(credentials.username)
      if (username === null)
        return refused(
          /\p{C}/u.test(credentials.username)
            ? '用户名包含不允许的字符'
            : '用户名长度应为3-20个字符',
        )
      const { password } = credentials
      if (Array.from(password).length < MIN_PASSWORD_LENGTH) return refused('密码长度至少为6个字符')
      const account = await createAccount(deps.store, { username, password })
      if (account === null) return refused('用户名已存在')
      return {
        status: 200,
        body: { status: 'success', message: '注册成功', user_id: account.userId },
      }
    },
  })
}

function loginRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/api/auth/login',
    tag: TAG,
    isOpen: true,
    summary: '登录',
    description: 'Sets the cookie `ocr_session` for 30 days.',
    body: credentialsSchema,
    responses: {
      200: { description: '登录成功', schema: loggedInSchema },
      400: { description: '用户名和密码不能为空', schema: errorSchema },
      401: { description: '用户名或密码错误', schema: errorSchema },
      429: { description: '请求过于频繁', schema: errorSchema },
      503: { description: '服务暂时不可用', schema: errorSchema },
    },
    failures: ['RATE_LIMITED'],
    async handler({ body, request, response }) {
      const credentials = readCredentials(body)
      if (credentials === null) return refused(NO_CREDENTIALS)
      const account = await logIn(deps, request, credentials)
      if (account === null) return { status: 401, body: { detail: '用户名或密码错误' } }
      startSession(deps, account, { request, response })
      const { userId, username, isAdmin } = account
      return {
        status: 200,
        body: {
          status: 'success',
          message: '登录成功',
          data: { user_id: userId, username, is_admin: isAdmin },
        },
      }
    },
  })
}

/** `null` when name or password is wrong. Throws `RATE_LIMITED` after ten of them from one address. */
async function logIn(
  { callers: { failedLogins }, store }: AppDeps,
  { ip = '' }: Request,
  credentials: Credentials,
): Promise<Account | null> {
  // Nothing tells a guess from a right password before it is hashed, which takes its time.
  const waitMs = failedLogins.waitMsOf(ip)
  if (waitMs !== null)
    throw new OcrError('RATE_LIMITED', 'Cannot log in: too many failed logins', {
      retryAfterMs: waitMs,
    })
  const account = await checkPassword(store, credentials)
  if (account === null) failedLogins.add(ip)
  return account
}

/** `null` when one of them is missing or empty. */
function readCredentials({
  username,
  password,
}: z.infer<typeof credentialsSchema>): Credentials | null {
  if (!username || username.trim() === '' || !password) return null
  return { username, password }
}

function refused(detail: string): Answer {
  return { status: 400, body: { detail } }
}
