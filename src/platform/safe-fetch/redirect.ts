import type { Exchange } from './exchange.ts'
import { fetchFailed } from './fetch-failure.ts'
import { checkUrl, urlRefused, type UrlRules } from './url-rules.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Tells whether an answer sends us elsewhere. */
export function isRedirect({ status }: Exchange): boolean {
  return REDIRECTS.has(status)
}

/**
 * Where an answer other than a file leads.
 *
 * @throws {OcrError} `FETCH_FAILED` when it leads nowhere, `URL_NOT_ALLOWED`
 */
export function redirected(from: URL, answer: Exchange, rules: UrlRules): URL {
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
