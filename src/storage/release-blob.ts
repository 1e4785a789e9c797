import type { DocumentId, Sha256 } from '../contract/identifiers.ts'
import { removeUnusedBlob } from './blob-removal.ts'
import type { BlobEntry, BlobStore } from './blob-store.ts'
import { NOTHING_REMOVED, type Removed } from './delete-prefix.ts'
import { isUploadReference, referenceKey, referencePrefix, UPLOAD_LIFE_MS } from './object-keys.ts'

/**
 * Takes a document's reference from its blob, and removes the blob and what was made of its pages
 * when no other document refers to it; answers what of them it removed.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function releaseBlob(
  store: BlobStore,
  sha256: Sha256,
  documentId: DocumentId,
): Promise<Removed> {
  await store.delete(referenceKey(sha256, documentId))
  const { blobs: others } = await store.list(referencePrefix(sha256))
  const expired = others.filter((other) => isExpiredUpload(other, Date.now()))
  for (const { key } of expired) await store.delete(key)
  if (expired.length < others.length) return NOTHING_REMOVED
  return (await removeUnusedBlob(store, sha256)) ?? NOTHING_REMOVED
}

/** Tells whether a reference is of an upload that is good for no document any more. */
export function isExpiredUpload({ key, modifiedAt }: BlobEntry, nowMs: number): boolean {
  return isUploadReference(key) && nowMs - Date.parse(modifiedAt) > UPLOAD_LIFE_MS
}
