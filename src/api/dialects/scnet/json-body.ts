import type { IncomingMessage } from 'node:http'
import { json, type RequestHandler } from 'express'
import { JSON_LIMIT_BYTES } from '../../http/json-body.ts'

/** JSON, and what `curl --data` calls it when nobody says otherwise. */
const JSON_TYPES = /^application\/(?:json|x-www-form-urlencoded)\s*(?:;|$)/i

/**
 * Reads JSON bodies of up to 1 MiB, also those that come without a content type or with the one of
 * curl. That is safe behind the guards alone: a form of another site could send such a body, with cookies.
 */
export function jsonBodyOfAnyClient(): RequestHandler {
  return json({ limit: JSON_LIMIT_BYTES, inflate: false, type: isJson })
}

function isJson({ headers }: IncomingMessage): boolean {
  const contentType = headers['content-type']
  return contentType === undefined || JSON_TYPES.test(contentType)
}
