import type { RequestHandler } from 'express'
import type { Secret } from '../../../platform/secret.ts'
import { callerOf, noteCaller } from '../../guards/caller.ts'
import { bearerOf, type Callers } from '../../guards/callers.ts'
import { keyDigest, KeyRing } from '../../guards/key-ring.ts'

/**
 * Lets requests pass whose `Authorization: Bearer` is one of the dialect's own keys, or whose caller is
 * known by his API key; where neither are set up, any token that is not empty. Who comes with one of the
 * dialect's keys sees the tasks of all who do. The handler throws `UNAUTHORIZED`, `RATE_LIMITED`.
 */
export function requireApiKey(apiKeys: readonly Secret[], callers: Callers): RequestHandler {
  const ring = new KeyRing(
    apiKeys.map((key, place) => ({ name: `scnet-${place}`, digest: keyDigest(key.reveal()) })),
  )
  return (req, res, next) => {
    const caller = callerOf(req)
    const token = bearerOf(req.headers)
    const isKnown = callers.areKeysNeeded && caller.isAdmitted
    if (!isKnown) {
      const isOpen = ring.isEmpty && !callers.areKeysNeeded
      if (token === null || !(isOpen || ring.holderOf(token) !== null)) {
        res.setHeader('WWW-Authenticate', 'Bearer')
        throw callers.refusalOf(req, { hasWrongKey: token !== null || caller.hasWrongKey })
      }
      noteCaller(req, { owner: null, name: null, isAdmitted: true, hasWrongKey: false })
    }
    next()
  }
}
