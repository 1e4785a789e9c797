declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** Id of an uploaded document: a lower-case UUID. Made by the api, or parsed from a client. */
export type DocumentId = Branded<'DocumentId'>

/** Address of stored bytes. Spelled only by `storage/object-keys.ts`. */
export type BlobKey = Branded<'BlobKey'>

/** Lower-case hexadecimal SHA-256 of the uploaded bytes. */
export type Sha256 = Branded<'Sha256'>

/** Number of a page, counted from 1. */
export type PageNumber = number

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const KEY_SEGMENT = /^[A-Za-z0-9._-]+$/
const SHA256 = /^[0-9a-f]{64}$/

/** Reads a document id; `null` when the text is not a lower-case UUID. */
export function parseDocumentId(text: string): DocumentId | null {
  // The cast is the one place where the brand is given.
  return UUID.test(text) ? (text as DocumentId) : null
}

/** Reads a SHA-256; `null` when the text is not 64 lower-case hexadecimal digits. */
export function parseSha256(text: string): Sha256 | null {
  return SHA256.test(text) ? (text as Sha256) : null
}

/**
 * Reads a blob key; `null` when it could mean anything but one object below the store's root.
 *
 * Segments of `[A-Za-z0-9._-]` joined by `/`, no `.` or `..`, the first beginning with a letter:
 * what every store keeps unchanged (some S3 servers collapse `//`, decode `+` or refuse `..`).
 */
export function parseBlobKey(text: string): BlobKey | null {
  if (text.length > 512 || !/^[A-Za-z]/.test(text)) return null
  const isKey = text
    .split('/')
    .every((segment) => KEY_SEGMENT.test(segment) && segment !== '.' && segment !== '..')
  return isKey ? (text as BlobKey) : null
}
