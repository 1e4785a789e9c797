import type { Readable } from 'node:stream'
import type { BlobKey } from '../contract/identifiers.ts'

/** What a store knows of an object. `sha256` is `null` when the writer gave none. */
export type BlobInfo = {
  readonly key: BlobKey
  readonly sizeBytes: number
  readonly contentType: string
  readonly sha256: string | null
  readonly modifiedAt: string
}

/** An object with its bytes. The reader must consume or destroy `body`. */
export type Blob = { readonly info: BlobInfo; readonly body: Readable }

/** How to write an object. */
export type PutOptions = {
  readonly contentType: string
  readonly sha256?: string
  /** Leave an object that already stands under the key untouched. */
  readonly ifAbsent?: boolean
  readonly signal?: AbortSignal
}

/** Inclusive byte range. */
export type ByteRange = { readonly firstByte: number; readonly lastByte: number }

/** What a listing tells of an object. */
export type BlobEntry = Pick<BlobInfo, 'key' | 'sizeBytes' | 'modifiedAt'>

/** One page of a listing, in key order. */
export type BlobList = { readonly blobs: readonly BlobEntry[]; readonly nextCursor: string | null }

/** How to sign a download URL. */
export type SignOptions = {
  /** Must be positive. */
  readonly ttlSeconds: number
  /** Name that the browser saves under. */
  readonly fileName: string
  /** `http://host:port` that the client reaches us at, for stores whose URLs lead to the api. */
  readonly origin: string
}

/**
 * Where bytes live. The only state besides Temporal's.
 *
 * An implementation must make a write visible whole or not at all, must leave nothing behind when a
 * source fails or is aborted, and must answer absent as `null`. It must not interpret keys: they are
 * checked when they are made. Overwriting is allowed; a reader sees the old object or the new one.
 * Otherwise: `STORAGE_FULL` where there is no room for a write, `STORAGE_UNAVAILABLE` for everything
 * else that a later try may cure.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE` from every method, `STORAGE_FULL` from those that write
 * @example await store.put(blobKey(sha256), stream, { contentType: 'application/pdf', ifAbsent: true })
 */
export interface BlobStore {
  /** Writes an object; `created` is false when `ifAbsent` met an existing one. */
  put(
    key: BlobKey,
    body: Uint8Array | Readable,
    options: PutOptions,
  ): Promise<{ readonly created: boolean }>
  get(key: BlobKey, range?: ByteRange): Promise<Blob | null>
  head(key: BlobKey): Promise<BlobInfo | null>
  /** Deleting what is absent is no failure. */
  delete(key: BlobKey): Promise<void>
  /**
   * At most 1,000 objects whose keys start with `prefix`, and come behind `cursor`: the one of the
   * page before, or any text.
   */
  list(prefix: string, cursor?: string): Promise<BlobList>
  /** A URL that lets anybody read one object for a while. Works with the store down. */
  signedGetUrl(key: BlobKey, options: SignOptions): Promise<string>
  /** Proves that the store can be written to. */
  ping(): Promise<void>
  /** Removes halves of objects that killed writers left longer ago than this; answers how many. */
  removeLeftovers(olderThanMs: number): Promise<number>
}
