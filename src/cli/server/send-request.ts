import { setTimeout as delay } from 'node:timers/promises'
import { ServerError, toServerError, toUnreachable } from './server-error.ts'

/** One request, tried again where that can help. */
export type ServerRequest = {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew for every try. */
  readonly body?: () => Promise<string | FormData>
  /** Of each try, with the answer's body. */
  readonly deadlineMs: number
  readonly tries?: number
  readonly signal: AbortSignal
  /** Told of each wait that the server asks for because it has too much to do. */
  readonly onWait?: (waitMs: number) => void
}

const DEFAULT_TRIES = 5
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000
/** Longer waits that a server asks for are cut. */
const MAX_RETRY_AFTER_MS = 300_000
/** Busy, or a proxy whose server is just being started again. */
const RETRIED_STATUSES: readonly number[] = [429, 502, 503, 504]

/**
 * Sends a request; a server that does not answer or is busy is asked again, after the time it names.
 * One that answers 429 and names a time is there, and promises to go on: that counts as no try.
 *
 * @throws {ServerError} what the server answered last, or that it did not
 * @throws {Error} `AbortError` when the signal fires
 */
export async function sendRequest(url: string, request: ServerRequest): Promise<Response> {
  const tries = request.tries ?? DEFAULT_TRIES
  for (let attempt = 1; ;) {
    const { answer, retryAfterMs } = await tryOnce(url, request)
    if (!(answer instanceof ServerError)) return answer
    const { httpStatus } = answer
    if (httpStatus === 429 && retryAfterMs !== null && retryAfterMs > 0) {
      request.onWait?.(retryAfterMs)
      await delay(retryAfterMs, undefined, { signal: request.signal })
      continue
    }
    const canHelp = httpStatus === null || RETRIED_STATUSES.includes(httpStatus)
    if (!canHelp || attempt >= tries) throw answer
    const pauseMs = retryAfterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS)
    await delay(pauseMs, undefined, { signal: request.signal })
    attempt += 1
  }
}

type Tried = { readonly answer: Response | ServerError; readonly retryAfterMs: number | null }

async function tryOnce(url: string, request: ServerRequest): Promise<Tried> {
  const { method = 'GET', headers = {}, body, deadlineMs, signal } = request
  signal.throwIfAborted()
  // Outside of what is tried again: a file that cannot be opened is no fault of the server.
  const made = body === undefined ? {} : { body: await body() }
  try {
    const response = await fetch(url, {
      method,
      headers: { Accept: 'application/json, application/problem+json, */*', ...headers },
      ...made,
      // Where a file goes, its owner decides.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    })
    if (response.ok) return { answer: response, retryAfterMs: null }
    return {
      answer: toServerError(response.status, await response.text()),
      retryAfterMs: readRetryAfterMs(response.headers.get('retry-after')),
    }
  } catch (error) {
    signal.throwIfAborted()
    return { answer: toUnreachable(error), retryAfterMs: null }
  }
}

/** Reads `Retry-After`: seconds or a date; at most 300 s; `null` when there is none. */
export function readRetryAfterMs(text: string | null, nowMs: number = Date.now()): number | null {
  if (text === null) return null
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}
