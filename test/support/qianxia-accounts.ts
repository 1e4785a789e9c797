import express from 'express'
import type { AppDeps } from '../../src/api/app-deps.ts'
import { createAuthRoutes } from '../../src/api/dialects/qianxia/auth-routes.ts'
import { writeError } from '../../src/api/dialects/qianxia/error-body.ts'
import { createUserRoutes } from '../../src/api/dialects/qianxia/user-routes.ts'
import { endRouter } from '../../src/api/http/end-of-router.ts'
import { jsonBody } from '../../src/api/http/json-body.ts'
import { assignRequestId } from '../../src/api/http/request-context.ts'
import { mountRoutes } from '../../src/api/http/route.ts'
import { readJson } from './read-json.ts'
import { startTestApi, type TestApi, type TestApiOptions } from './test-api.ts'

/** The accounts of the dialect alone, at the root and below `/pwd`. */
export type AccountsApi = TestApi & {
  /** Status and body of a POST of JSON. */
  post(path: string, body: unknown): Promise<[number, Awaited<ReturnType<typeof readJson>>]>
  /** Status and body of a GET with a cookie. */
  get(path: string, cookie?: string): Promise<[number, Awaited<ReturnType<typeof readJson>>]>
  /** Registers a user and logs him in; his cookie. */
  join(username: string): Promise<string>
}

/** The password of everybody who joins. */
export const PASSWORD = '密码🔑123'

/** Serves accounts; `join` makes users. */
export async function startAccountsApi(options: TestApiOptions = {}): Promise<AccountsApi> {
  const api = await startTestApi({ ...options, createApp: createAccountsApp })
  const post: AccountsApi['post'] = async (path, body) => {
    const response = await api.fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return [response.status, await readJson(response)]
  }
  return {
    ...api,
    post,
    async get(path, cookie) {
      const response = await api.fetch(path, cookie === undefined ? {} : { headers: { cookie } })
      return [response.status, await readJson(response)]
    },
    async join(username) {
      await post('/api/auth/register', { username, password: PASSWORD })
      return cookieOf(await logIn(api, username))
    },
  }
}

/** The answer to a login. */
export function logIn(api: TestApi, username: string, password = PASSWORD): Promise<Response> {
  return api.fetch('/api/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
}

/** The `name=value` of a cookie that is set. */
export function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

function createAccountsApp(deps: AppDeps): express.Express {
  const app = express()
  app.use(assignRequestId, jsonBody())
  mountRoutes(app, createAuthRoutes(deps), deps)
  const user = express.Router()
  mountRoutes(user, createUserRoutes(deps), deps)
  app.use('/pwd', user)
  endRouter(app, { write: writeError, logger: deps.logger, isWhole: true })
  return app
}
