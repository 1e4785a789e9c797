import cors from 'cors'
import type { RequestHandler } from 'express'
import type { AccessConfig } from '../../config/access-config.ts'

const PREFLIGHT_SECONDS = 600

const EXPOSED = [
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Request-Id',
  'Idempotent-Replayed',
  'Content-Disposition',
]

/** Lets pages of the listed origins call us and read what we answer; others get no header at all. */
export function allowOrigins({ corsOrigins }: Pick<AccessConfig, 'corsOrigins'>): RequestHandler {
  if (corsOrigins.length === 0) return (_request, _response, next) => next()
  const allow = cors({
    origin: [...corsOrigins],
    methods: ['GET', 'POST', 'DELETE'],
    credentials: true,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  })
  return (request, response, next) => {
    if (corsOrigins.includes(request.get('origin') ?? '')) allow(request, response, next)
    else {
      // What is cached for one page must not be given to another.
      response.vary('Origin')
      next()
    }
  }
}
