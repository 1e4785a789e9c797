import type { CookieOptions, Request } from 'express'
import { z } from 'zod'
import type { AppDeps } from '../app-deps.ts'
import { KEY_COOKIE, KEY_SESSION_MS } from '../guards/key-session.ts'
import { route, type Route } from '../http/route.ts'

/** What sessions work with. */
export type SessionDeps = Pick<AppDeps, 'callers' | 'config'>

/** `/v1/session`: what a page gives its key for, because images, events and sockets send no headers. */
export function sessionRoutes(deps: SessionDeps): Route[] {
  return [startRoute(deps), endRoute(deps)]
}

function startRoute({ callers, config }: SessionDeps): Route {
  return route({
    method: 'post',
    path: '/v1/session',
    tag: 'v1',
    summary: 'Give an API key once',
    description:
      'Sets a cookie that stands for the key for 30 days, or until the key is taken back. Where no ' +
      'keys are set up none is needed, and no cookie is set.',
    isOpen: true,
    body: z.object({ api_key: z.string().min(1).max(1_000) }),
    responses: { 204: { description: 'The key is right' } },
    failures: ['UNAUTHORIZED', 'RATE_LIMITED'],
    handler({ body, request, response }) {
      if (!callers.areKeysNeeded) return { status: 204 }
      const token = callers.sessionFor(body.api_key)
      if (token === null) {
        response.setHeader('WWW-Authenticate', 'Bearer')
        throw callers.refusalOf(request, { hasWrongKey: true })
      }
      response.cookie(KEY_COOKIE, token, {
        ...cookieOptions(config, request),
        maxAge: KEY_SESSION_MS,
      })
      return { status: 204 }
    },
  })
}

function endRoute({ config }: SessionDeps): Route {
  return route({
    method: 'delete',
    path: '/v1/session',
    tag: 'v1',
    summary: 'Take the cookie back',
    description: 'A copy of it stays good until it ends or the key is taken back.',
    isOpen: true,
    responses: { 204: { description: 'There is none any more' } },
    failures: [],
    handler({ request, response }) {
      response.clearCookie(KEY_COOKIE, cookieOptions(config, request))
      return { status: 204 }
    },
  })
}

function cookieOptions({ api }: SessionDeps['config'], request: Request): CookieOptions {
  const secure = request.secure || (api.publicUrl?.startsWith('https:') ?? false)
  return { path: '/', httpOnly: true, sameSite: 'strict', secure }
}
