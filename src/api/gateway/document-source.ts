import type { DocumentId } from '../../contract/identifiers.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { blobKey } from '../../storage/object-keys.ts'
import type { DocumentFacts, KnownRequest } from './document-facts.ts'
import type { DocumentSource } from './submission.ts'

/** What a document was made of, so that the same file can be read once more. */
export type StoredDocument = {
  /** What was asked for; its password is not kept. */
  readonly request: KnownRequest
  /** `null`: the file was not fetched yet, or is gone from the store. */
  readonly source: Extract<DocumentSource, { kind: 'stored' }> | null
}

/** Finds it; `null` for an unknown or deleted document. @throws {OcrError} `STORAGE_UNAVAILABLE` */
export async function findStoredDocument(
  { store, facts }: { readonly store: BlobStore; readonly facts: DocumentFacts },
  documentId: DocumentId,
): Promise<StoredDocument | null> {
  if (await facts.isDeleted(documentId)) return null
  const request = await facts.request(documentId)
  if (request === null) return null
  const { sha256, sizeBytes, mediaType, fileName } = request
  const isKnown = sha256 !== null && sizeBytes !== null && mediaType !== null
  if (!isKnown || (await store.head(blobKey(sha256))) === null) return { request, source: null }
  return { request, source: { kind: 'stored', sha256, sizeBytes, mediaType, fileName } }
}
