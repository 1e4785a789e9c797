/** However long a server asks us to stay away, a page is tried again after this. */
const MAX_MS = 300_000

/** Spreads callers that were all sent away at once; only upwards, never before the time asked for. */
const JITTER = 0.2

/**
 * How long a `Retry-After` header (seconds, or an HTTP date) asks to wait, in milliseconds, with up
 * to 20 % on top and at most five minutes. `undefined` where it asks for nothing that can be read.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  const askedMs = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : dateMs(text) - nowMs
  if (!(askedMs > 0)) return undefined
  return Math.min(MAX_MS, Math.ceil(askedMs * (1 + JITTER * Math.random())))
}

function dateMs(text: string): number {
  // `Date.parse` takes much more than dates: an HTTP date ends with its zone.
  return /^[A-Za-z]{3,9},? .{10,40} GMT$/.test(text) ? Date.parse(text) : Number.NaN
}
