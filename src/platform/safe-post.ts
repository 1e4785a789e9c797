import { ask, type AskOptions } from './safe-fetch/ask.ts'
import type { Post } from './safe-fetch/exchange.ts'
import { fetchFailed } from './safe-fetch/fetch-failure.ts'
import { FETCH_LIMITS } from './safe-fetch/limits.ts'
import { checkUrl, type UrlRules } from './safe-fetch/url-rules.ts'

/** What is posted, and where. */
export type SafePostOptions = UrlRules &
  Post &
  Pick<AskOptions, 'resolve' | 'open'> & {
    /** From a stranger. */
    readonly url: string
    /** For everything, until the headers of the answer are here. */
    readonly timeoutMs: number
    readonly signal: AbortSignal
  }

/** What a server answered. Its body is not read. */
export type PostAnswer = {
  readonly status: number
  /** `Retry-After` as it was sent. */
  readonly retryAfter: string | null
}

/**
 * Posts something for a stranger, who must not reach anything with it that is not public: the name
 * is resolved once, all its addresses are checked and the connection goes to one of these. No
 * redirect is followed.
 *
 * @throws {OcrError} `URL_NOT_ALLOWED`; `FETCH_FAILED` when there is no answer in time. The signal's
 *   reason when it fires
 */
export async function safePost(options: SafePostOptions): Promise<PostAnswer> {
  const { url: text, timeoutMs, headers, body, signal, ...rules } = options
  signal.throwIfAborted()
  const url = checkUrl(text, rules)
  const stop = new AbortController()
  const abandon = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', abandon, { once: true })
  const timer = setTimeout(() => stop.abort(fetchFailed('out of time')), timeoutMs)
  try {
    const limits = { connectMs: FETCH_LIMITS.connectMs, headersMs: timeoutMs }
    const post = { headers, body }
    await using answer = await ask(url, { ...rules, limits, post, signal: stop.signal })
    return { status: answer.status, retryAfter: answer.header('retry-after') }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abandon)
  }
}
