import type { Exchange } from './exchange.ts'
import { fetchFailed, fetchRefused } from './fetch-failure.ts'
import { checkUrl, urlRefused, type UrlRules } from './url-rules.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Tells whether an answer sends us elsewhere. */
export function isRedirect({ status }: Exchange): boolean {
  return REDIRECTS.has(status)
}

/** 408 and 429 ask to come again. */
function isRefusal({ status }: Exchange): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

/**
 * Where an answer other than a file leads.
 *
 * @throws {OcrError} `FETCH_REFUSED` for a no that asking again does not change, `FETCH_FAILED` when it
 *   leads nowhere, `URL_NOT_ALLOWED`
 */
export function redirected(from: URL, answer: Exchange, rules: UrlRules): URL {
  if (isRefusal(answer)) throw fetchRefused(answer.status)
  const location = answer.header('location')
  if (!isRedirect(answer) || location === null) {
    throw fetchFailed(`status ${answer.status}`)
  }
  const to = URL.parse(location, from.href)
  if (to === null) throw fetchFailed('a redirect to no URL')
  const url = checkUrl(to.href, rules)
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw urlRefused('It redirects from https to http')
  }
  return url
}
