import type { DocumentId } from '../contract/identifiers.ts'
import { codeOf } from '../platform/errors.ts'
import type { BlobStore } from './blob-store.ts'
import { deletePrefix, NOTHING_REMOVED, type Removed } from './delete-prefix.ts'
import { documentPrefix, manifestKey, requestKey, tombstoneKey } from './object-keys.ts'
import { writeJson } from './read-blob.ts'
import { releaseBlob } from './release-blob.ts'
import type { Tombstone } from './tombstone.ts'

/**
 * Writes the tombstone of a document, before it is removed: from then on its id is unknown, and
 * whatever is left of it then is found by the sweep.
 *
 * On a full store the document first makes room for it. Request and manifest stay until then: they tell
 * the next DELETE or sweep that something is left to do, and of what file.
 *
 * @returns what was removed to make room
 * @throws {OcrError} `STORAGE_UNAVAILABLE`; `STORAGE_FULL` when that made no room
 */
export async function buryDocument(
  store: BlobStore,
  documentId: DocumentId,
  tombstone: Tombstone,
): Promise<Removed> {
  const bury = (): Promise<void> => writeJson(store, tombstoneKey(documentId), tombstone)
  try {
    await bury()
    return NOTHING_REMOVED
  } catch (error) {
    if (codeOf(error) !== 'STORAGE_FULL') throw error
  }
  const keptKeys = [requestKey(documentId), manifestKey(documentId)]
  const own = await deletePrefix(store, documentPrefix(documentId), { keptKeys })
  const { documentSha256: sha256 } = tombstone
  const shared = sha256 === null ? NOTHING_REMOVED : await releaseBlob(store, sha256, documentId)
  await bury()
  return { objects: own.objects + shared.objects, bytes: own.bytes + shared.bytes }
}
