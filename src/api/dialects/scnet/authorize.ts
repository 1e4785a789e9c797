import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Secret } from '../../../platform/secret.ts'
import { callerOf, noteCaller } from '../../guards/caller.ts'
import { bearerOf, type Callers } from '../../guards/callers.ts'

/**
 * Lets requests pass whose `Authorization: Bearer` is one of the dialect's own keys, or whose caller is
 * known by his API key; where neither are set up, any token that is not empty. Who comes with one of the
 * dialect's keys sees the tasks of all who do. The handler throws `UNAUTHORIZED`, `RATE_LIMITED`.
 */
export function requireApiKey(apiKeys: readonly Secret[], callers: Callers): RequestHandler {
  const digests = apiKeys.map((key) => digestOf(key.reveal()))
  return (req, res, next) => {
    const caller = callerOf(req)
    const token = bearerOf(req.headers)
    const isKnown = callers.areKeysNeeded && caller.isAdmitted
    if (!isKnown) {
      const isOpen = digests.length === 0 && !callers.areKeysNeeded
      if (token === null || !(isOpen || isAccepted(token, digests))) {
        res.setHeader('WWW-Authenticate', 'Bearer')
        throw callers.refusalOf(req, { hasWrongKey: token !== null || caller.hasWrongKey })
      }
      noteCaller(req, { owner: null, name: null, isAdmitted: true, hasWrongKey: false })
    }
    next()
  }
}

function isAccepted(token: string, digests: readonly Buffer[]): boolean {
  const digest = digestOf(token)
  // Every key is compared, so that the time tells nothing of which one came close.
  return digests.filter((accepted) => timingSafeEqual(accepted, digest)).length > 0
}

/** Digests have one length, as the comparison needs, and say nothing of the token's. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
