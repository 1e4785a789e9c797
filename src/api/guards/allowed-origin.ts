import type { Request } from 'express'
import type { ApiConfig } from '../../config/config.ts'
import { OcrError } from '../../platform/errors.ts'
import { hostOf, type WithHost } from '../http/request-context.ts'
import type { RouteGuard } from '../http/route.ts'

/** What decides whose pages may call us. */
export type OriginConfig = Pick<ApiConfig, 'publicUrl' | 'access'>

/** Makes what tells whether a page of a request's `Origin` may ask; programs send none. */
export function createOriginRule(
  config: OriginConfig,
): (request: WithHost & Pick<Request, 'headers'>) => boolean {
  const listed = listedOrigins(config)
  return (request) => {
    const { headers } = request
    const { origin } = headers
    if (origin === undefined || listed.has(origin)) return true
    // No page can write that; a proxy that asks by a name of its own leaves nothing else to go by.
    if (headers['sec-fetch-site'] === 'same-origin') return true
    // By the host alone: behind a proxy that ends TLS the scheme is another one.
    const given = URL.parse(origin)?.host ?? ''
    return given !== '' && given === hostOf(request).toLowerCase()
  }
}

/**
 * Refuses what a page of another site sends that changes something: browsers send such requests for any
 * page, with the cookies of ours. Throws `ORIGIN_NOT_ALLOWED`.
 */
export function requireAllowedOrigin(config: OriginConfig): RouteGuard {
  const isAllowed = createOriginRule(config)
  const listed = listedOrigins(config)
  return ({ method }) => {
    if (method === 'get') return null
    return (request, response, next) => {
      const site = request.get('sec-fetch-site')
      const isForeign = site === 'cross-site' || site === 'same-site'
      // Where an answer may be read by a page, it may ask.
      const reader = response.getHeader('Access-Control-Allow-Origin')
      const isReader = reader === '*' || (reader !== undefined && reader === request.headers.origin)
      if (
        !isReader &&
        !listed.has(request.headers.origin ?? '') &&
        (isForeign || !isAllowed(request))
      )
        throw new OcrError('ORIGIN_NOT_ALLOWED', 'Cannot serve request: a page of another site')
      next()
    }
  }
}

function listedOrigins({ publicUrl, access }: OriginConfig): ReadonlySet<string> {
  return new Set([...access.corsOrigins, ...(publicUrl === null ? [] : [publicUrl])])
}
