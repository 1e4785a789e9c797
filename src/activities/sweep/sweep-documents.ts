import { parseDocumentId, type DocumentId } from '../../contract/identifiers.ts'
import { RETENTION_DAYS } from '../../contract/names.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { BlobEntry } from '../../storage/blob-store.ts'
import { buryDocument } from '../../storage/bury-document.ts'
import { deletePrefix, NOTHING_REMOVED, type Removed } from '../../storage/delete-prefix.ts'
import { listAll } from '../../storage/list-all.ts'
import {
  documentPrefix,
  DOCUMENTS_PREFIX,
  referenceKey,
  tombstoneKey,
} from '../../storage/object-keys.ts'
import { releaseBlob } from '../../storage/release-blob.ts'
import type { Tombstone } from '../../storage/tombstone.ts'
import { findEnd, type DocumentEnd } from './document-end.ts'
import { inBatches } from './in-batches.ts'
import { readFileOf, readTombstoneFacts } from './stored-facts.ts'
import { DAY_MS, type SweepPass } from './sweep-pass.ts'

/** Temporal forgets a run a little later than it says. */
const TOMBSTONE_LIFE_MS = (RETENTION_DAYS + 1) * DAY_MS

/** Each removes eight objects at once. */
const DOCUMENTS_AT_ONCE = 4

/** The objects of one document. */
type StoredDocument = Removed & {
  readonly documentId: DocumentId
  readonly manifest: BlobEntry | null
  readonly request: BlobEntry | null
  readonly tombstone: BlobEntry | null
  readonly newest: BlobEntry
}

/**
 * Removes documents that have been over for long enough, documents that were never started, and what
 * a DELETE that was cut short has left. Their blobs are removed by the next phase.
 *
 * @param after the document to go on behind; `null`: from the first
 * @returns the last document that was looked at when the step is full; `null`: all were
 */
export async function sweepDocuments(
  pass: SweepPass,
  after: string | null,
): Promise<string | null> {
  const last = await inBatches(pass, storedDocuments(pass, after), async (batch) => {
    await mapConcurrently(batch, DOCUMENTS_AT_ONCE, (document) =>
      pass.attempt(() => sweepDocument(pass, document)),
    )
    return batch.reduce((sum, { objects }) => sum + objects, 0)
  })
  return last?.documentId ?? null
}

async function sweepDocument(pass: SweepPass, document: StoredDocument): Promise<void> {
  const { documentId, manifest, request, newest, tombstone } = document
  if (tombstone !== null) return await sweepTombstone(pass, document, tombstone)
  const files = { documentId, manifest, request: request ?? newest }
  const end = await findEnd(pass, files, pass.resultsMs)
  if (end === null) return
  if (pass.dryRun) return pass.count('documents', document)
  pass.count('documents', await removeDocument(pass, documentId, end))
}

async function removeDocument(
  { deps: { store, nowMs }, signal }: SweepPass,
  documentId: DocumentId,
  { endedAtMs, isKnown }: DocumentEnd,
): Promise<Removed> {
  const documentSha256 = await readFileOf(store, documentId)
  const tombstone: Tombstone = {
    deletedAt: new Date(nowMs()).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    documentSha256,
  }
  const before = isKnown ? await buryDocument(store, documentId, tombstone) : NOTHING_REMOVED
  // First, because only the rest says what it refers to. The blob goes with the next phase.
  if (documentSha256 !== null) await store.delete(referenceKey(documentSha256, documentId))
  const keptKeys = [tombstoneKey(documentId)]
  const rest = await deletePrefix(store, documentPrefix(documentId), { keptKeys, signal })
  return { objects: before.objects + rest.objects, bytes: before.bytes + rest.bytes }
}

async function sweepTombstone(
  pass: SweepPass,
  { documentId, objects, bytes }: StoredDocument,
  tombstone: BlobEntry,
): Promise<void> {
  const { deps, signal } = pass
  const { store, nowMs } = deps
  const buried = await readTombstoneFacts(store, documentId)
  if (buried === null) return
  const sha256 = buried.documentSha256
  const reference = sha256 === null ? null : referenceKey(sha256, documentId)
  const isReferring = reference !== null && (await store.head(reference)) !== null
  if (objects > 1 || isReferring) {
    // A DELETE was cut short, or a page came in late.
    pass.count('documents', { objects: objects - 1, bytes: bytes - tombstone.sizeBytes })
    if (pass.dryRun) return
    await deletePrefix(store, documentPrefix(documentId), { keptKeys: [tombstone.key], signal })
    if (sha256 !== null) pass.countObjects(await releaseBlob(store, sha256, documentId))
  }
  const overMs = nowMs() - Date.parse(buried.endedAt ?? buried.deletedAt)
  if (overMs > TOMBSTONE_LIFE_MS) await pass.removeObject('tombstones', tombstone)
}

/** Documents in the order of their ids, each with what a listing tells of its objects. */
async function* storedDocuments(
  { deps: { store } }: SweepPass,
  after: string | null,
): AsyncGenerator<StoredDocument> {
  // '0' is the character behind '/'.
  const start = after === null ? undefined : `${DOCUMENTS_PREFIX}${after}0`
  let current: StoredDocument | null = null
  for await (const entry of listAll(store, DOCUMENTS_PREFIX, start)) {
    const documentId = parseDocumentId(entry.key.split('/')[1] ?? '')
    if (documentId === null) continue
    if (current !== null && current.documentId !== documentId) yield current
    current = withEntry(current?.documentId === documentId ? current : null, documentId, entry)
  }
  if (current !== null) yield current
}

function withEntry(
  known: StoredDocument | null,
  documentId: DocumentId,
  entry: BlobEntry,
): StoredDocument {
  const name = entry.key.slice(documentPrefix(documentId).length)
  return {
    documentId,
    manifest: name === 'manifest.json' ? entry : (known?.manifest ?? null),
    request: name === 'request.json' ? entry : (known?.request ?? null),
    tombstone: name === 'deleted.json' ? entry : (known?.tombstone ?? null),
    newest: known === null || known.newest.modifiedAt < entry.modifiedAt ? entry : known.newest,
    objects: (known?.objects ?? 0) + 1,
    bytes: (known?.bytes ?? 0) + entry.sizeBytes,
  }
}
