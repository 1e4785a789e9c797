import type { Request, Response } from 'express'
import { RequestError } from './request-error.ts'

/** Whether a request has an idempotency key, be it a sane one or not. */
export function hasIdempotencyKey(req: Request): boolean {
  return req.get('idempotency-key') !== undefined
}

/**
 * Reads the `Idempotency-Key` of a submit; `null` when there is none.
 *
 * @throws {RequestError} `REQUEST_MALFORMED` when it is not 1 to 255 printable ASCII characters
 */
export function readIdempotencyKey(req: Request): string | null {
  const key = req.get('idempotency-key')
  if (key === undefined) return null
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key))
    throw new RequestError('Idempotency-Key must be 1 to 255 printable ASCII characters')
  return key
}

/** Headers of every answer to a submit: where to look, when, and whether it was sent before. */
export function setSubmitHeaders(
  res: Response,
  submitted: { location: string; isReplayed: boolean },
): void {
  res.set('Location', submitted.location)
  // Clients are asked to poll every 5 to 10 s (Py OCR document, best practice 2); /v1 can also wait.
  res.set('Retry-After', '5')
  if (submitted.isReplayed) res.set('Idempotent-Replayed', 'true')
}
