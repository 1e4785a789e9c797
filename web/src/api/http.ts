import { ApiError } from '../model.ts'
import { parseJson } from './read-json.ts'
import type { Answer } from './refusal.ts'

/** What a request is sent with. */
export type RequestOptions = {
  readonly method?: 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Default: 15 s. */
  readonly timeoutMs?: number
}

/** So long, whoever only reads waits unseen when too much is asked for; longer waits are told. */
const MAX_UNSEEN_WAIT_MS = 60_000

/**
 * The body of an answer. What only reads is asked for again once the service takes more; what does
 * something has somebody waiting for it, who is told.
 *
 * @throws {ApiError} also when there is none within the deadline
 */
export async function fetchText(url: string, options: RequestOptions = {}): Promise<string> {
  const { timeoutMs = 15_000, ...init } = options
  let response: Response
  let body: string
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) })
    body = await response.text()
  } catch {
    throw noAnswer()
  }
  const { ok, status, headers } = response
  if (ok) return body
  const refusal = await toRefusal({ status, body, header: (name) => headers.get(name) })
  const { retryAfterMs } = refusal
  const isWorthWaiting = status === 429 && retryAfterMs > 0 && retryAfterMs <= MAX_UNSEEN_WAIT_MS
  if (init.method || !isWorthWaiting) throw refusal
  await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
  return fetchText(url, options)
}

/** An answer in JSON. @throws {ApiError} also when it is none */
export async function fetchJson(url: string, options: RequestOptions = {}): Promise<unknown> {
  const body = await fetchText(url, options)
  const json = parseJson(body)
  // Such as the login page of a network.
  if (json === null) throw await toRefusal({ status: 502, body: '', header: () => null })
  return json
}

/** What reads refusals is loaded with the first one; without it, nothing can be said of one. */
function toRefusal(answer: Answer): Promise<ApiError> {
  return import('./refusal.ts').then((part) => part.toApiError(answer), noAnswer)
}

/**
 * A part of the program that was asked for.
 *
 * @throws {ApiError} `PART_NOT_LOADED` when it is not to be had
 */
export function partOf<Part>(loading: Promise<Part>): Promise<Part> {
  return loading.catch(() => {
    throw failure('PART_NOT_LOADED', 'A part of the page could not be loaded')
  })
}

/** A failure that no answer tells of. */
export function failure(code: string, message: string): ApiError {
  return new ApiError({ code, message, requestId: null, status: 0 })
}

/** A request that was not answered. */
export function noAnswer(): ApiError {
  return failure('NETWORK', 'No answer')
}

/** Whatever was thrown as what can be shown; what is no refusal is a bug of the page. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  return failure('INTERNAL_SERVER_ERROR', String(thrown))
}

/** What an expression gives; `null` where the service says that it does not exist. */
export async function orNull<Value>(
  answer: Promise<Value>,
  codes: readonly number[] = [404],
): Promise<Value | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError && codes.includes(error.status)) return null
    throw error
  }
}
