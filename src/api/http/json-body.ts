import { json, type RequestHandler } from 'express'

/** Largest JSON body in bytes. */
export const JSON_LIMIT_BYTES = 1_048_576

/**
 * Reads JSON bodies of up to 1 MiB; compressed ones are refused, not inflated. A body of another content type is left alone, so that a form of another site is no request.
 */
export function jsonBody(): RequestHandler {
  return json({ limit: JSON_LIMIT_BYTES, inflate: false, type: 'application/json' })
}
