import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseBlobKey, type BlobKey } from '../contract/identifiers.ts'
import type { SignOptions } from './blob-store.ts'

/** Path below which the api serves signed downloads. */
export const FILES_PATH = '/files/'

/** A download that a signed URL allows. */
export type SignedFile = { readonly key: BlobKey; readonly fileName: string }

/**
 * Signs a download URL, `<origin>/files/<key>?exp=<epoch s>&name=<file name>&sig=<hex>`.
 *
 * The signature is an HMAC-SHA256 over key, expiry and file name, so none of them can be changed.
 *
 * @throws {RangeError} when `ttlSeconds` is not positive
 */
export function signFileUrl(secret: string | Buffer, key: BlobKey, options: SignOptions): string {
  if (!(options.ttlSeconds > 0) || !Number.isFinite(options.ttlSeconds))
    throw new RangeError('Cannot sign a URL: its life must be positive')
  const fileName = options.fileName.toWellFormed()
  const exp = String(Math.ceil(Date.now() / 1000 + options.ttlSeconds))
  const sig = signature(secret, { key, exp, fileName }).toString('hex')
  const query = new URLSearchParams({ exp, name: fileName, sig })
  return `${options.origin.replace(/\/+$/, '')}${FILES_PATH}${key}?${query.toString()}`
}

/**
 * Reads a signed URL back; `null` when the signature is wrong, the time is over or the key is none.
 *
 * @param request.key what follows `/files/` in the path, decoded
 */
export function verifyFileUrl(
  secret: string | Buffer,
  request: { key: string; query: URLSearchParams },
): SignedFile | null {
  const key = parseBlobKey(request.key)
  const exp = request.query.get('exp') ?? ''
  const fileName = request.query.get('name') ?? ''
  const sig = request.query.get('sig') ?? ''
  if (key === null || !/^\d{1,12}$/.test(exp) || !/^[0-9a-f]{64}$/.test(sig)) return null
  if (!timingSafeEqual(Buffer.from(sig, 'hex'), signature(secret, { key, exp, fileName })))
    return null
  return Number(exp) * 1000 > Date.now() ? { key, fileName } : null
}

function signature(
  secret: string | Buffer,
  { key, exp, fileName }: { key: BlobKey; exp: string; fileName: string },
): Buffer {
  // The first part separates this use of the secret from others; JSON keeps the fields apart.
  const signed = JSON.stringify(['durable-ocr file url', key, exp, fileName])
  return createHmac('sha256', secret).update(signed).digest()
}
