import type { FailureCode } from '../../contract/failures.ts'
import { OcrError } from '../../platform/errors.ts'
import { retryAfterMs } from './retry-after.ts'

/** An answer that is not a success. */
export type FailedReply = {
  readonly status: number
  /** Parsed JSON, or the text where it is none. Hostile, and may echo the prompt. */
  readonly body: unknown
  /** The header. */
  readonly retryAfter: string | null
  /** The present moment, as `Date.now()` tells it. */
  readonly now?: number
}

/** What of a body is looked at. */
const MAX_BODY_CHARACTERS = 10_000

/** Codes and types of an account without credit: waiting does not help. OpenAI, 2026. */
const QUOTA_CODES = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
])

/** Codes of a model that is not there, whatever the status: OpenAI's, and 20012 of SiliconFlow. */
const MODEL_CODES = new Set(['model_not_found', '20012'])

/** Codes and types that mean "later", in error events, which have no status. OpenAI, vLLM 0.32. */
const BUSY_CODES = new Set([
  'rate_limit_exceeded',
  'slow_down',
  'server_is_overloaded',
  'overloaded_error',
  'Service Unavailable',
])

/** Seen in vLLM 0.11 and 0.32, where nothing but the text tells. */
const OUT_OF_MEMORY = /out of memory|OutOfMemory|CUDA error.*memory/i

/** Ollama, 2026: the model wrote one token again and again. */
const TOKEN_REPEATS = 'token repeat limit reached'

/**
 * Models that take no images: llama.cpp 11434, vLLM 0.32, SiliconFlow, Ollama, OpenAI. The sentence
 * must end there: "does not support images larger than …" speaks of one image.
 */
const NO_VISION =
  /image input is not supported|not a multimodal model|not a VLM|at most 0 image|(?:not|n't) support (?:vision\b|(?:images?|image inputs?)\s*(?:[.,;!)\]"'\\]|$))/i

/** Statuses that speak of this request, or of the moment, whatever else they say. */
const STATUSES_OF_REQUEST = new Set([413, 415, 422, 429])

/**
 * The failure for an answer that is no success: special cases by their code or text first, then by
 * status. The message has the status and the code, never more of the body.
 */
export function failureOfStatus(reply: FailedReply): OcrError {
  const codes = codesIn(reply.body)
  const code = specialCase(reply, codes) ?? codeOfStatus(reply.status)
  const named = codes.find((text) => /^[\w.-]{1,64}$/.test(text) && text !== String(reply.status))
  const message = `Cannot get an answer from the engine: status ${reply.status}${named === undefined ? '' : `, ${named}`}`
  const waitMs =
    code === 'ENGINE_RATE_LIMITED'
      ? retryAfterMs(reply.retryAfter, reply.now ?? Date.now())
      : undefined
  return new OcrError(code, message, waitMs === undefined ? {} : { retryAfterMs: waitMs })
}

/**
 * An error event in a stream that began with 200, as the answer that it would have been without
 * streaming. vLLM tells the status as `code`; where none is told it is a server error.
 */
export function replyOfErrorEvent(error: unknown): FailedReply {
  const body = { error }
  const codes = codesIn(body)
  const told = codes.map(Number).find((code) => code >= 400 && code <= 599)
  const isBusy = codes.some((code) => BUSY_CODES.has(code))
  return { status: told ?? (isBusy ? 429 : 500), body, retryAfter: null }
}

/** The body as text: for matching names in it, never for a message. */
export function textOfBody(body: unknown): string {
  return (typeof body === 'string' ? body : jsonOf(body)).slice(0, MAX_BODY_CHARACTERS)
}

function jsonOf(body: unknown): string {
  try {
    return JSON.stringify(body) ?? ''
  } catch (error) {
    // What can be parsed may be nested too deeply to be written: nothing that says what to do.
    if (error instanceof RangeError) return ''
    throw error
  }
}

function specialCase({ status, body }: FailedReply, codes: readonly string[]): FailureCode | null {
  const text = textOfBody(body)
  // A 4xx may echo the prompt; only a server error means its own memory.
  if (status >= 500 && OUT_OF_MEMORY.test(text)) return 'ENGINE_OUT_OF_MEMORY'
  if (status >= 500 && text.includes(TOKEN_REPEATS)) return 'ENGINE_OUTPUT_REPEATS'
  if (codes.some((code) => QUOTA_CODES.has(code) || MODEL_CODES.has(code))) {
    return 'ENGINE_MISCONFIGURED'
  }
  if (STATUSES_OF_REQUEST.has(status)) return null
  return NO_VISION.test(text) ? 'ENGINE_MISCONFIGURED' : null
}

function codeOfStatus(status: number): FailureCode {
  switch (status) {
    case 429:
    case 503:
    case 529: // Overloaded, at some services.
      return 'ENGINE_RATE_LIMITED'
    case 408:
    case 504:
    case 524: // Cloudflare's 504.
      return 'ENGINE_TIMED_OUT'
    case 409:
    case 425:
    case 499: // Our connection broke, as a proxy saw it.
      return 'ENGINE_REPLY_BROKEN'
    case 401:
    case 402:
    case 403:
    case 404:
    case 405:
    case 407:
    case 410:
      return 'ENGINE_MISCONFIGURED'
    default:
      if (status >= 500) return 'ENGINE_REPLY_BROKEN'
      // A redirect is not followed: the URL is wrong.
      return status >= 400 ? 'ENGINE_REJECTED_REQUEST' : 'ENGINE_MISCONFIGURED'
  }
}

/** `code` and `type` of the error, wherever the server puts it: `{"error": {…}}` or the body itself. */
function codesIn(body: unknown): string[] {
  const error = fieldOf(body, 'error')
  return [error, body].flatMap((holder) =>
    (['code', 'type'] as const)
      .map((name) => fieldOf(holder, name))
      .filter((value) => typeof value === 'string' || typeof value === 'number')
      .map(String),
  )
}

function fieldOf(value: unknown, name: 'error' | 'code' | 'type'): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  // It has the field, which may hold anything.
  return (value as Readonly<Record<string, unknown>>)[name]
}
