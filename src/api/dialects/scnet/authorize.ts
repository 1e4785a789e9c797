import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { OcrError } from '../../../platform/errors.ts'
import type { Secret } from '../../../platform/secret.ts'

// The document's own sample, `Bearer <API Key>`, has a space in it.
const BEARER = /^Bearer +(\S.*)$/i

/**
 * Lets requests pass whose `Authorization: Bearer` is one of the keys; with no keys, any that is not
 * empty. The handler throws `UNAUTHORIZED` for others.
 */
export function requireApiKey(apiKeys: readonly Secret[]): RequestHandler {
  const digests = apiKeys.map((key) => digestOf(key.reveal()))
  return (req, res, next) => {
    const token = BEARER.exec(req.get('authorization') ?? '')?.[1]?.trimEnd()
    if (token === undefined || !isAccepted(token, digests)) {
      res.setHeader('WWW-Authenticate', 'Bearer')
      throw new OcrError('UNAUTHORIZED', 'Cannot accept request: no API key of ours')
    }
    next()
  }
}

function isAccepted(token: string, digests: readonly Buffer[]): boolean {
  if (digests.length === 0) return true
  const digest = digestOf(token)
  // Every key is compared, so that the time tells nothing of which one came close.
  return digests.filter((accepted) => timingSafeEqual(accepted, digest)).length > 0
}

/** Digests have one length, as the comparison needs, and say nothing of the token's. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
