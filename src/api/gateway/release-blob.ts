import type { DocumentId, Sha256 } from '../../contract/identifiers.ts'
import type { BlobEntry, BlobStore } from '../../storage/blob-store.ts'
import {
  blobKey,
  pagesPrefix,
  referenceKey,
  referencePrefix,
  isUploadReference,
  UPLOAD_LIFE_MS,
} from '../../storage/object-keys.ts'
import { mapConcurrently } from './map-concurrently.ts'

const CONCURRENCY = 8

/**
 * Takes a document's reference from its blob, and removes the blob and what was made of its pages
 * when no other document refers to it.
 *
 * A submit that refers to the blob between the look and the removal finds it missing after its start
 * and puts it again (submit-document.ts).
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function releaseBlob(
  store: BlobStore,
  sha256: Sha256,
  documentId: DocumentId,
): Promise<void> {
  await store.delete(referenceKey(sha256, documentId))
  const { blobs: others } = await store.list(referencePrefix(sha256))
  const [expired, valid] = partition(others, isExpiredUpload)
  for (const { key } of expired) await store.delete(key)
  if (valid.length > 0) return
  await store.delete(blobKey(sha256))
  await deletePrefix(store, pagesPrefix(sha256))
}

function isExpiredUpload({ key, modifiedAt }: BlobEntry): boolean {
  return isUploadReference(key) && Date.now() - Date.parse(modifiedAt) > UPLOAD_LIFE_MS
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

/**
 * Removes all objects below a prefix but one.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function deletePrefix(
  store: BlobStore,
  prefix: string,
  keptKey: string | null = null,
): Promise<void> {
  let cursor: string | undefined
  do {
    const page = await store.list(prefix, cursor)
    const doomed = page.blobs.filter((blob) => blob.key !== keptKey)
    await mapConcurrently(doomed, CONCURRENCY, (blob) => store.delete(blob.key))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}
