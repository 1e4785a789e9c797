import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Secret } from '../../platform/secret.ts'
import type { KeyHolder, KeyRing } from './key-ring.ts'

/** Name of the cookie in which a page keeps that it has given a key. */
export const KEY_COOKIE = 'ocr_key_session'

/** Life of a session: 30 days. */
export const KEY_SESSION_MS = 30 * 24 * 3_600_000

const TOKEN = /^([\w-]{1,100})\.(\d{1,15})\.([\w-]{43})$/

/** A token that stands for the holder's key for 30 days, without telling the key. */
export function writeKeySession(
  secret: Secret,
  holder: KeyHolder,
  nowMs: number = Date.now(),
): string {
  const endsAtMs = nowMs + KEY_SESSION_MS
  const name = Buffer.from(holder.name).toString('base64url')
  return `${name}.${endsAtMs}.${signature(secret, holder, endsAtMs).toString('base64url')}`
}

/** Whose session a token is; `null` when it is over, not of ours, or the key is another one now. */
export function readKeySession(
  secret: Secret,
  { token, ring, nowMs = Date.now() }: { token: string; ring: KeyRing; nowMs?: number },
): KeyHolder | null {
  const [, name, endsAt, signed] = TOKEN.exec(token) ?? []
  if (name === undefined || endsAt === undefined || signed === undefined) return null
  const holder = ring.named(Buffer.from(name, 'base64url').toString('utf8'))
  if (holder === null) return null
  const endsAtMs = Number(endsAt)
  const given = Buffer.from(signed, 'base64url')
  const isOurs = timingSafeEqual(given, signature(secret, holder, endsAtMs))
  return isOurs && endsAtMs > nowMs ? holder : null
}

/** The cookie of a request; `null`: there is none. */
export function keyCookieOf(headers: IncomingHttpHeaders): string | null {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === KEY_COOKIE) return value?.trim() ?? null
  }
  return null
}

function signature(secret: Secret, { name, digest }: KeyHolder, endsAtMs: number): Buffer {
  // The prefix separates this use of the secret from others; with another key it is another session.
  return createHmac('sha256', secret.reveal())
    .update(`durable-ocr key session\n${name}\n${digest.toString('hex')}\n${endsAtMs}`)
    .digest()
}
