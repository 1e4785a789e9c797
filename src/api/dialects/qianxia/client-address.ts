import type { DocumentRequest } from '../../../contract/document.ts'
import type { DocumentId } from '../../../contract/identifiers.ts'
import type { BlobStore } from '../../../storage/blob-store.ts'
import { requestKey } from '../../../storage/object-keys.ts'
import { readJson } from '../../../storage/read-blob.ts'
import { LruMap } from '../../gateway/lru-map.ts'

// One short text each.
const CAPACITY = 10_000

// It never changes once it is written, so one memory serves all routers of the process.
const known = new LruMap<DocumentId, { readonly address: string | null }>(CAPACITY)

/**
 * Address that the upload of a document came from; `null` when it was not noted.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function clientAddressOf(
  store: BlobStore,
  documentId: DocumentId,
): Promise<string | null> {
  const remembered = known.get(documentId)
  if (remembered !== undefined) return remembered.address
  const request = await readJson<DocumentRequest>(store, requestKey(documentId))
  if (request === null) return null
  const address = request.clientAddress ?? null
  known.set(documentId, { address })
  return address
}
