import { createReadStream } from 'node:fs'
import type { MediaType } from '../contract/document.ts'
import type { BlobKey, Sha256 } from '../contract/identifiers.ts'
import { awaitRemovals } from './blob-removal.ts'
import type { BlobStore } from './blob-store.ts'
import { blobKey } from './object-keys.ts'
import { writeJson } from './read-blob.ts'

/** The sweep removes unused blobs after 24 hours; younger than this, they outlive a start. */
const RENEW_AFTER_MS = 12 * 60 * 60 * 1000

const CONTENT_TYPES = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpeg: 'image/jpeg',
  tiff: 'image/tiff',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
} as const satisfies Record<MediaType, string>

/** A file on the local disk that is to lie in the store under its hash. */
export type BlobFile = {
  readonly sha256: Sha256
  readonly mediaType: MediaType
  readonly path: string
}

/** Who uses a blob. */
export type BlobUse = {
  /** `referenceKey` of a document, or `uploadReferenceKey` until there is one. */
  readonly reference: BlobKey
  /** Ends the wait for somebody who removes the blob. */
  readonly signal?: AbortSignal
}

/**
 * Stores a file under its hash and refers to it. The reference comes first, so that whoever removes
 * the blob sees it, or is seen and waited for: see blob-removal.ts.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 * @throws the reason of `use.signal` when it fires
 */
export async function storeBlob(
  store: BlobStore,
  file: BlobFile,
  { reference, signal }: BlobUse,
): Promise<void> {
  await writeReference(store, reference)
  await awaitRemovals(store, file.sha256, signal)
  await putBlob(store, file)
}

/**
 * Refers to a file that is in the store; `false`, and no reference, when it is not there any more.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function referToBlob(
  store: BlobStore,
  sha256: Sha256,
  reference: BlobKey,
): Promise<boolean> {
  await writeReference(store, reference)
  await awaitRemovals(store, sha256)
  if ((await store.head(blobKey(sha256))) !== null) return true
  await store.delete(reference)
  return false
}

/**
 * Says that a blob is used.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function writeReference(store: BlobStore, reference: BlobKey): Promise<void> {
  await writeJson(store, reference, { createdAt: new Date().toISOString() })
}

/**
 * Puts a blob again if it is gone: an api of an older release takes no notice of who begins to use it.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function restoreBlob(store: BlobStore, file: BlobFile): Promise<void> {
  if ((await store.head(blobKey(file.sha256))) === null) await putBlob(store, file)
}

async function putBlob(store: BlobStore, { sha256, mediaType, path }: BlobFile): Promise<void> {
  const key = blobKey(sha256)
  const options = { contentType: CONTENT_TYPES[mediaType], sha256 }
  const { created } = await store.put(key, createReadStream(path), { ...options, ifAbsent: true })
  if (created) return
  const stored = await store.head(key)
  const isYoung = stored !== null && Date.now() - Date.parse(stored.modifiedAt) < RENEW_AFTER_MS
  if (!isYoung) await store.put(key, createReadStream(path), options)
}
