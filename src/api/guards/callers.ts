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
  /** Who sends a request, by its key or session; looks at nothing but headers. */
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
  const identify = ({ headers }: Pick<Request, 'headers'>): Caller => {
    if (ring.isEmpty) return { ...STRANGER, isAdmitted: true }
    const key = keyOf(headers)
    const session = key === null ? keyCookieOf(headers) : null
    const holder: KeyHolder | null =
      key !== null
        ? ring.holderOf(key)
        : session === null
          ? null
          : readKeySession(signingSecret, { token: session, ring })
    if (holder !== null) {
      const { owner, name } = holder
      return { owner, name, isAdmitted: true, hasWrongKey: false }
    }
    // A session that is over is nobody's guess.
    return { ...STRANGER, hasWrongKey: key !== null }
  }
  return {
    areKeysNeeded: !ring.isEmpty,
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

function keyOf(headers: Request['headers']): string | null {
  const given = headers['x-api-key']
  // Node joins a header that was sent twice, or keeps the parts.
  return bearerOf(headers) ?? (Array.isArray(given) ? given.join(',') : (given ?? null))
}
