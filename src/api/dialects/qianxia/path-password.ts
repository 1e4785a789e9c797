import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler, Router } from 'express'
import type { Secret } from '../../../platform/secret.ts'

/**
 * Leads what lies below `/<password>` to a router, as if it were mounted there; an empty password
 * leads everything to it. The segment is compared decoded, exactly, and in constant time.
 */
export function belowPassword(password: Secret, inner: Router): RequestHandler {
  const expected = password.reveal()
  if (expected === '') return inner
  return (req, res, next) => {
    const { url, baseUrl } = req
    const segment = /^\/([^/?]+)/.exec(url)?.[1]
    if (segment === undefined || !isPassword(segment, expected)) {
      next()
      return
    }
    const rest = url.slice(segment.length + 1)
    req.url = rest.startsWith('/') ? rest : `/${rest}`
    req.baseUrl = `${baseUrl}/${segment}`
    inner(req, res, (error?: unknown) => {
      Object.assign(req, { url, baseUrl })
      next(error)
    })
  }
}

/** Tells whether a segment of a path is the password, in the same time for every text. */
export function isPassword(segment: string, password: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(decoded(segment)), hash(password))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
