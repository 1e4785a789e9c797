import { setTimeout as sleep } from 'node:timers/promises'
import type { DocumentId, Sha256 } from '../../contract/identifiers.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { buryDocument } from '../../storage/bury-document.ts'
import { deletePrefix } from '../../storage/delete-prefix.ts'
import { documentPrefix, tombstoneKey } from '../../storage/object-keys.ts'
import { readJson } from '../../storage/read-blob.ts'
import type { Tombstone } from '../../storage/tombstone.ts'
import { releaseBlob } from '../../storage/release-blob.ts'
import { cancelAndWait, type CancelDependencies } from './cancel-document.ts'
import type { TemporalWebhooks } from './temporal-webhooks.ts'
import type { DocumentFacts } from './document-facts.ts'

const CLOSE_WITHIN_MS = 15_000
const RETRY_AFTER_MS = 10_000
const ACTIVITIES_STOP_WITHIN_MS = 2_000

/** What deleting works with. */
export type DeleteDependencies = CancelDependencies & {
  readonly store: BlobStore
  readonly facts: DocumentFacts
  readonly webhooks: Pick<TemporalWebhooks, 'cancel'>
}

/**
 * Cancels a document, waits until its workflow has ended and removes everything that is stored of
 * it; `false` for an unknown id. The upload and its pages stay while another document has the same
 * bytes.
 *
 * The tombstone comes first: whatever happens then, the document is gone for everybody, and a second
 * DELETE removes what the first one left.
 *
 * @throws {OcrError} `SERVICE_UNAVAILABLE` when the workflow has not ended within 15 s;
 *   `STORAGE_UNAVAILABLE`, `STORAGE_FULL` (it made no room for its tombstone)
 */
export async function deleteDocument(
  deps: DeleteDependencies,
  documentId: DocumentId,
): Promise<boolean> {
  const { store, facts, statuses, temporal } = deps
  const buried = await readJson<Tombstone>(store, tombstoneKey(documentId))
  if (buried !== null) {
    await removeObjects(store, documentId, buried.documentSha256)
    return false
  }
  statuses.forget(documentId)
  const status = await statuses.reload(documentId)
  if (status === null) return false
  if (status.endedAt === null) {
    const run = await cancelAndWait(temporal, documentId, CLOSE_WITHIN_MS)
    if (run?.state === 'running')
      throw new OcrError('SERVICE_UNAVAILABLE', 'Cannot delete document: it has not ended yet', {
        retryAfterMs: RETRY_AFTER_MS,
      })
    // Activities learn of the end with their next heartbeat, and may write until then.
    await sleep(ACTIVITIES_STOP_WITHIN_MS)
  }
  // Only now: until its end a file may still have been fetched.
  facts.forget(documentId)
  const request = await facts.request(documentId)
  const sha256 = request?.sha256 ?? status.manifest?.documentSha256 ?? null
  const tombstone: Tombstone = { deletedAt: new Date().toISOString(), documentSha256: sha256 }
  await buryDocument(store, documentId, tombstone)
  if (request?.callback) await deps.webhooks.cancel(documentId)
  statuses.forget(documentId)
  await removeObjects(store, documentId, sha256)
  return true
}

async function removeObjects(
  store: BlobStore,
  documentId: DocumentId,
  sha256: Sha256 | null,
): Promise<void> {
  await deletePrefix(store, documentPrefix(documentId), { keptKeys: [tombstoneKey(documentId)] })
  if (sha256 !== null) await releaseBlob(store, sha256, documentId)
}
