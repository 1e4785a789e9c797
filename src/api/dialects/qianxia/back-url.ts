import type { RequestHandler } from 'express'
import type { QianxiaConfig } from '../../../config/dialects-config.ts'
import { isPassword } from './path-password.ts'

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, X-API-Key',
  'Access-Control-Max-Age': '600',
}

/**
 * What the page's calls begin with, without the path password, which the page adds from its own
 * address; `null`: not set. The documented value ends with the password or does not.
 */
export function backUrlOf({ backUrl, password }: QianxiaConfig): string | null {
  if (backUrl === '') return null
  const slash = backUrl.lastIndexOf('/')
  const text = password.reveal()
  const hasPassword = text !== '' && isPassword(backUrl.slice(slash + 1), text)
  return hasPassword ? backUrl.slice(0, slash) : backUrl
}

/** What the page has to be allowed to connect to. */
export function backUrlOrigins(config: QianxiaConfig): string[] {
  const url = URL.parse(backUrlOf(config) ?? '')
  if (url === null) return []
  return [url.origin, url.origin.replace(/^http/, 'ws')]
}

/**
 * Lets the page call us across origins where `BACK_URL` has it do so: the page at `OCR_PUBLIC_URL`, or,
 * behind a path password, any that knows it. Never with cookies.
 */
export function allowBackUrl(config: QianxiaConfig, publicUrl: string | null): RequestHandler {
  const origin = publicUrl ?? (config.password.reveal() === '' ? null : '*')
  if (config.backUrl === '' || origin === null) return (_req, _res, next) => next()
  return (req, res, next) => {
    // Said already by OCR_CORS_ORIGINS, which allows more.
    if (res.hasHeader('Access-Control-Allow-Origin')) {
      next()
      return
    }
    res.set('Access-Control-Allow-Origin', origin)
    res.set('Access-Control-Expose-Headers', 'Location, Retry-After, X-Request-Id')
    if (req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined)
      res.set(PREFLIGHT).status(204).end()
    else next()
  }
}
