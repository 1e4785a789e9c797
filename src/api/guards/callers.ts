import type { Request, RequestHandler } from 'express'
import type { AccessConfig } from '../../config/access-config.ts'
import { OcrError } from '../../platform/errors.ts'
import type { Secret } from '../../platform/secret.ts'
import { noteCaller, STRANGER, type Caller } from './caller.ts'
import { FailedKeys } from './failed-keys.ts'
import { KeyRing, type KeyHolder } from './key-ring.ts'
import { keyCookieOf, readKeySession, writeKeySession } from './key-session.ts'

/** Tells who asks, in one api process. */
export type Callers = {
  /** Whether anybody needs a key. */
  readonly areKeysNeeded: boolean
  /** Logins with names and passwords that failed. */
  readonly failedLogins: FailedKeys
  /** Who sends a request, by the first right key or session of it; looks at nothing but headers. */
  identify(request: Pick<Request, 'headers'>): Caller
  /** Notes who sends a request, for {@link callerOf}; refuses nobody. */
  readonly noteCaller: RequestHandler
  /** What to answer to somebody who is not admitted: `UNAUTHORIZED`, or `RATE_LIMITED` after ten wrong keys a minute. */
  refusalOf(request: Pick<Request, 'ip'>, caller: Pick<Caller, 'hasWrongKey'>): OcrError
  /** A session for whoever knows a key; `null`: it is none of ours. */
  sessionFor(key: string): string | null
}

/** What it takes to know callers. */
export type CallersOptions = {
  readonly access: Pick<AccessConfig, 'apiKeys'>
  readonly signingSecret: Secret
}

// The document of a dialect, `Bearer <API Key>`, shows it with a space in it.
const BEARER = /^Bearer +(\S.*)$/i

// Ours have 43 characters.
const MAX_KEY_LENGTH = 1_000

/** Makes what tells callers apart: by their keys if there are any, else everybody is the same. */
export function createCallers({ access, signingSecret }: CallersOptions): Callers {
  const ring = new KeyRing(access.apiKeys)
  const failedKeys = new FailedKeys()
  const firstHolder = (keys: readonly string[]): KeyHolder | null =>
    keys.map((key) => ring.holderOf(key)).find((holder) => holder !== null) ?? null
  const sessionHolder = (headers: Request['headers']): KeyHolder | null => {
    const token = keyCookieOf(headers)
    return token === null ? null : readKeySession(signingSecret, { token, ring })
  }
  const identify = ({ headers }: Pick<Request, 'headers'>): Caller => {
    if (ring.isEmpty) return { ...STRANGER, isAdmitted: true }
    const keys = keysOf(headers)
    const holder = firstHolder(keys) ?? sessionHolder(headers)
    // A session that is over is nobody's guess.
    if (holder === null) return { ...STRANGER, hasWrongKey: keys.length > 0 }
    const { owner, name } = holder
    return { owner, name, isAdmitted: true, hasWrongKey: false }
  }
  return {
    areKeysNeeded: !ring.isEmpty,
    failedLogins: new FailedKeys(),
    identify,
    noteCaller(request, _response, next) {
      noteCaller(request, identify(request))
      next()
    },
    refusalOf({ ip = '' }, { hasWrongKey }) {
      const waitMs = hasWrongKey ? failedKeys.add(ip) : null
      return waitMs === null
        ? new OcrError('UNAUTHORIZED', 'Cannot serve request: no API key of ours')
        : new OcrError('RATE_LIMITED', 'Cannot check API key: too many wrong ones', {
            retryAfterMs: waitMs,
          })
    },
    sessionFor(key) {
      const holder = key.length > MAX_KEY_LENGTH ? null : ring.holderOf(key)
      return holder === null ? null : writeKeySession(signingSecret, holder)
    },
  }
}

/** The token of `Authorization: Bearer`; `null`: there is none. */
export function bearerOf(headers: Request['headers']): string | null {
  return BEARER.exec(headers.authorization ?? '')?.[1]?.trimEnd() ?? null
}

/** Everything that may be a key: a client that sends one of another service may send ours beside it. */
function keysOf(headers: Request['headers']): string[] {
  const given = headers['x-api-key']
  // Node joins a header that was sent twice, or keeps the parts.
  const apiKey = Array.isArray(given) ? given.join(',') : (given ?? null)
  return [bearerOf(headers), apiKey].filter((key) => key !== null)
}
