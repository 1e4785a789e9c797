import { ask } from './safe-fetch/ask.ts'
import type { Resolve } from './safe-fetch/checked-addresses.ts'
import type { Exchange } from './safe-fetch/exchange.ts'
import { fetchFailed } from './safe-fetch/fetch-failure.ts'
import { toFile, type FetchedFile } from './safe-fetch/fetched-file.ts'
import type { OpenSocket } from './safe-fetch/guarded-connection.ts'
import { fileTooLarge } from './safe-fetch/limited-body.ts'
import { FETCH_LIMITS, type FetchLimits } from './safe-fetch/limits.ts'
import { isRedirect, redirected } from './safe-fetch/redirect.ts'
import { checkUrl, urlRefused, type UrlRules } from './safe-fetch/url-rules.ts'

/** What is fetched, and how far we go for it. */
export type SafeFetchOptions = UrlRules & {
  /** From a stranger. */
  readonly url: string
  /** Bytes of the body; more ends it. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly limits?: FetchLimits
  /** Replaced by tests, like `open`. */
  readonly resolve?: Resolve
  readonly open?: OpenSocket
}

const MAX_REDIRECTS = 3

/**
 * Fetches a file for a stranger, who must not reach anything with it that is not public.
 *
 * Every name is resolved once, all its addresses are checked, and the connection goes to one of
 * these. Redirects are followed by hand, at most 3, each checked like the first URL. No compression
 * is asked for and none is undone; what kind of file it is shows in its bytes only.
 *
 * @throws {OcrError} `URL_NOT_ALLOWED`; `FILE_TOO_LARGE` when the server announces it;
 *   `FETCH_REFUSED` when it answers 4xx; `FETCH_FAILED` for everything else that did not work. The signal's reason when it fires
 */
export async function safeFetch(options: SafeFetchOptions): Promise<FetchedFile> {
  const limits = options.limits ?? FETCH_LIMITS
  const stop = new AbortController()
  const abandon = (): void => stop.abort(options.signal.reason)
  options.signal.throwIfAborted()
  options.signal.addEventListener('abort', abandon, { once: true })
  const timer = setTimeout(() => stop.abort(fetchFailed('out of time')), limits.totalMs)
  const release = (): void => {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', abandon)
  }
  try {
    const hop = { ...options, limits, signal: stop.signal }
    const { answer, url } = await followed(hop)
    return toFile(answer, { ...hop, url, stop, release })
  } catch (error) {
    release()
    throw error
  }
}

type Hop = SafeFetchOptions & { readonly limits: FetchLimits }

async function followed(options: Hop): Promise<{ answer: Exchange; url: URL }> {
  const first = checkUrl(options.url, options)
  let url = first
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(url, options)
    try {
      if (answer.status === 200) {
        const announced = Number(answer.header('content-length'))
        if (announced > options.maxBytes) throw fileTooLarge(options.maxBytes)
        return { answer, url: first }
      }
      if (redirects === MAX_REDIRECTS && isRedirect(answer)) {
        throw urlRefused(`It redirects more than ${MAX_REDIRECTS} times`)
      }
      url = redirected(url, answer, options)
    } catch (error) {
      await answer[Symbol.asyncDispose]()
      throw error
    }
    await answer[Symbol.asyncDispose]()
  }
}
