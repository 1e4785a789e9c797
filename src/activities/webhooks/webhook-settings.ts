import type { UrlRules } from '../../platform/safe-fetch/url-rules.ts'
import type { Secret } from '../../platform/secret.ts'

/** How webhooks are delivered. */
export type WebhookSettings = {
  /** Each signs; `whsec_` and base64. None: nothing is delivered. */
  readonly secrets: readonly Secret[]
  /** For one try. */
  readonly timeoutMs: number
  /** Before the second try; twice as long before each that follows, at most an hour. */
  readonly firstRetryMs: number
  /** Origin of the api as the world sees it; `null`: not known, and bodies have no link. */
  readonly publicUrl: string | null
  /** Where they may be posted to. */
  readonly urlRules: UrlRules
}

/** Longest pause between two tries, asked for by the receiver or not. */
const MAX_RETRY_MS = 60 * 60 * 1000

/**
 * The pause before the next try, in milliseconds.
 *
 * @param attempt how many were made
 * @param retryAfter the receiver's `Retry-After`: seconds or an HTTP date; anything else is ignored
 */
export function retryDelayMs(
  { firstRetryMs }: Pick<WebhookSettings, 'firstRetryMs'>,
  attempt: number,
  retryAfter: string | null = null,
): number {
  const backoffMs = firstRetryMs * 2 ** Math.min(attempt - 1, 30)
  return Math.min(MAX_RETRY_MS, Math.max(backoffMs, askedMs(retryAfter)))
}

function askedMs(retryAfter: string | null): number {
  const text = retryAfter?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // `Date.parse` takes much more than dates: an HTTP date ends with its zone.
  const atMs = /^[A-Za-z]{3,9},? .{10,40} GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - Date.now())
}
