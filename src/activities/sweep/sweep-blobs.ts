import { parseDocumentId, type Sha256 } from '../../contract/identifiers.ts'
import { TEMPORARY_DIALECTS } from '../../contract/sweep.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { removeUnusedBlob } from '../../storage/blob-removal.ts'
import type { BlobEntry } from '../../storage/blob-store.ts'
import type { Removed } from '../../storage/delete-prefix.ts'
import { listAll } from '../../storage/list-all.ts'
import { manifestKey, pagesPrefix } from '../../storage/object-keys.ts'
import { isExpiredUpload } from '../../storage/release-blob.ts'
import { writeReference } from '../../storage/store-blob.ts'
import { findEnd } from './document-end.ts'
import { inBatches } from './in-batches.ts'
import { storedBlobs, type StoredBlob } from './stored-blobs.ts'
import { readRequestFacts } from './stored-facts.ts'
import { DAY_MS, type SweepPass } from './sweep-pass.ts'

const REFERENCES_AT_ONCE = 8

/** Each removes eight objects at once. */
const BLOBS_AT_ONCE = 4

/**
 * Removes references that nobody needs any more, and then what nothing refers to: the upload with
 * everything made of its pages, once it is a day old; and what was made of pages of an upload that is
 * gone, once the newest of it is.
 *
 * @param after the hash to go on behind; `null`: from the first
 * @returns the last hash that was looked at when the step is full; `null`: all were
 */
export async function sweepBlobs(pass: SweepPass, after: string | null): Promise<string | null> {
  const blobs = storedBlobs(pass.deps.store, after)
  const last = await inBatches(pass, blobs, async (batch) => {
    const used = await sweepReferences(pass, batch)
    const unused = batch.filter(({ sha256 }) => !used.has(sha256))
    await mapConcurrently(unused, BLOBS_AT_ONCE, (stored) =>
      pass.attempt(() => sweepUnused(pass, stored)),
    )
    return batch.reduce((sum, { references }) => sum + 1 + references.length, 0)
  })
  return last?.sha256 ?? null
}

async function sweepUnused(pass: SweepPass, { sha256, blob, hasPages }: StoredBlob): Promise<void> {
  const { deps, signal } = pass
  if (blob === null && !hasPages) return
  const isYoung = blob === null ? await hasYoungPages(pass, sha256) : pass.ageMs(blob) < DAY_MS
  if (isYoung) return
  const removed = pass.dryRun
    ? await sizeOf(pass, sha256, blob)
    : await removeUnusedBlob(deps.store, sha256, signal)
  if (removed !== null) pass.count('blobs', removed)
}

/** Removes references that nobody needs any more; answers what is used by the others. */
async function sweepReferences(
  pass: SweepPass,
  batch: readonly StoredBlob[],
): Promise<ReadonlySet<Sha256>> {
  const used = new Set<Sha256>()
  const all = batch.flatMap(({ sha256, references }) =>
    references.map((reference) => ({ sha256, reference })),
  )
  await mapConcurrently(all, REFERENCES_AT_ONCE, async ({ sha256, reference }) => {
    const isGone = await pass.attempt(() => sweepReference(pass, reference))
    if (isGone !== true) used.add(sha256)
  })
  return used
}

/** Removes a reference if nobody needs it any more; answers whether it counts no longer. */
async function sweepReference(pass: SweepPass, reference: BlobEntry): Promise<boolean> {
  if (isExpiredUpload(reference, pass.deps.nowMs())) {
    await pass.removeObject('uploads', reference)
    return true
  }
  const documentId = parseDocumentId(reference.key.split('/')[2] ?? '')
  if (documentId === null || pass.ageMs(reference) < DAY_MS) return false
  const { store } = pass.deps
  const request = await readRequestFacts(store, documentId)
  const isTemporary = request !== null && TEMPORARY_DIALECTS.includes(request.dialect)
  // Almost all are decided by this one read.
  if (request !== null && !isTemporary && !pass.dryRun) return false
  const manifest = await store.head(manifestKey(documentId))
  if (request === null && manifest === null) {
    await pass.removeObject('references', reference)
    // Somebody may have sent it again meanwhile, under the same idempotency key.
    if (pass.dryRun || (await readRequestFacts(store, documentId)) === null) return true
    await writeReference(store, reference.key)
    return false
  }
  // The request is written just after its reference.
  const files = { documentId, manifest, request: reference }
  // Otherwise the phase before has taken it away already.
  if (pass.dryRun && (await findEnd(pass, files, pass.resultsMs)) !== null) return true
  if (!isTemporary || (await findEnd(pass, files, pass.intermediatesMs)) === null) return false
  await pass.removeObject('intermediates', reference)
  return true
}

async function hasYoungPages(pass: SweepPass, sha256: Sha256): Promise<boolean> {
  for await (const entry of listAll(pass.deps.store, pagesPrefix(sha256)))
    if (pass.ageMs(entry) < DAY_MS) return true
  return false
}

async function sizeOf(
  { deps: { store } }: SweepPass,
  sha256: Sha256,
  blob: BlobEntry | null,
): Promise<Removed> {
  let [objects, bytes] = blob === null ? [0, 0] : [1, blob.sizeBytes]
  for await (const { sizeBytes } of listAll(store, pagesPrefix(sha256))) {
    objects += 1
    bytes += sizeBytes
  }
  return { objects, bytes }
}
