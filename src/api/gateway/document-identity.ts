import { createHmac, randomUUID } from 'node:crypto'
import type { Dialect, ModelQuestion, RemoteFile } from '../../contract/document.ts'
import type { EngineId, Language } from '../../contract/engines.ts'
import { parseDocumentId, type DocumentId, type Sha256 } from '../../contract/identifiers.ts'
import type { PageRange } from '../../contract/page-ranges.ts'
import type { Callback } from '../../contract/webhooks.ts'

/** Whose idempotency key it is, and of which route: the same key elsewhere is another one. */
export type KeyedRequest = {
  readonly owner: string | null
  readonly route: string
  readonly idempotencyKey: string
}

/** What a caller chose. Limits are not part of it: they are the server's and may change. */
export type ChosenOptions = {
  /** `null` of a file that is to be fetched: its URL stands for it. */
  readonly sha256: Sha256 | null
  readonly remote?: RemoteFile | null | undefined
  readonly dialect: Dialect
  readonly engine: EngineId
  readonly languages: readonly Language[] | null
  readonly dpi: number
  readonly pages: readonly PageRange[] | null
  readonly password: string | null
  readonly textStyle: string
  readonly question?: ModelQuestion | null | undefined
  readonly callback?: Callback | null | undefined
}

/** A random id, for a request without idempotency key. */
export function randomDocumentId(): DocumentId {
  return documentIdFrom(randomUUID())
}

/**
 * The id that an idempotency key stands for: an HMAC in the form of a UUIDv4, so that nobody without
 * the secret can guess the ids of others from their keys.
 */
export function documentIdForKey(secret: string | Buffer, request: KeyedRequest): DocumentId {
  const parts = ['durable-ocr idempotency', request.owner, request.route, request.idempotencyKey]
  const bytes = hmac(secret, parts).subarray(0, 16)
  // RFC 9562, 5.4: version 4 and variant 10, as clients that check ids expect.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return documentIdFrom([...groups, hex.slice(20)].join('-'))
}

/**
 * Tells requests apart that use the same idempotency key. Keyed, because it stands in Temporal's memo
 * and a plain hash would let a password be tried out.
 */
export function fingerprintOf(secret: string | Buffer, chosen: ChosenOptions): string {
  const { sha256, remote, dialect, engine, languages, dpi, pages, password, textStyle } = chosen
  const file = sha256 ?? remote?.url
  const options = [file, dialect, engine, languages, dpi, pages, password, textStyle]
  // Left out where there is none: keys that were used before there were such stay valid.
  const parts = [...options, ...[chosen.question, chosen.callback].filter(Boolean)]
  return hmac(secret, ['durable-ocr fingerprint', ...parts]).toString('hex')
}

function hmac(secret: string | Buffer, parts: readonly unknown[]): Buffer {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest()
}

function documentIdFrom(text: string): DocumentId {
  const documentId = parseDocumentId(text)
  if (documentId === null) throw new TypeError(`Not a document id: ${text}`)
  return documentId
}
