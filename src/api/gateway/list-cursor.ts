import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Makes a cursor of a page token of Temporal. Signed, because Temporal answers a token that is not
 * its own as if it were itself out of order (gRPC UNKNOWN, server of CLI 1.8.2).
 */
export function encodeCursor(secret: string | Buffer, token: Uint8Array): string {
  return Buffer.concat([signature(secret, token), token]).toString('base64url')
}

/** The token of a cursor; `null` when the cursor is none of ours. */
export function decodeCursor(secret: string | Buffer, cursor: string): Uint8Array | null {
  const bytes = Buffer.from(cursor, 'base64url')
  const token = bytes.subarray(SIGNATURE_BYTES)
  if (token.length === 0) return null
  const isOurs = timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), signature(secret, token))
  return isOurs ? token : null
}

const SIGNATURE_BYTES = 16

function signature(secret: string | Buffer, token: Uint8Array): Buffer {
  const hmac = createHmac('sha256', secret).update('durable-ocr list cursor\n').update(token)
  return hmac.digest().subarray(0, SIGNATURE_BYTES)
}
