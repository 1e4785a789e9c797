import type { DocumentRequest } from '../../contract/document.ts'
import { parseDocumentId, parseSha256, type Sha256 } from '../../contract/identifiers.ts'
import { removeUnusedBlob } from '../../storage/blob-removal.ts'
import type { BlobEntry } from '../../storage/blob-store.ts'
import type { Removed } from '../../storage/delete-prefix.ts'
import { listAll } from '../../storage/list-all.ts'
import {
  BLOBS_PREFIX,
  manifestKey,
  pagesPrefix,
  REFERENCES_PREFIX,
  requestKey,
} from '../../storage/object-keys.ts'
import { readJson } from '../../storage/read-blob.ts'
import { isExpiredUpload } from '../../storage/release-blob.ts'
import { findEnd } from './document-end.ts'
import { DAY_MS, type SweepPass } from './sweep-pass.ts'

/** Dialects that call uploads and page images temporary. */
const TEMPORARY_DIALECTS: readonly string[] = ['py-ocr']

/** A blob and what refers to it; either may be missing. */
type StoredBlob = {
  readonly sha256: Sha256
  readonly blob: BlobEntry | null
  readonly references: readonly BlobEntry[]
}

/**
 * Removes references that nobody needs any more, and then what nothing refers to: the upload with
 * everything made of its pages, once it is a day old.
 *
 * @param after the hash to go on behind; `null`: from the first
 * @returns the last hash that was looked at when the step is full; `null`: all were
 */
export async function sweepBlobs(pass: SweepPass, after: string | null): Promise<string | null> {
  for await (const stored of storedBlobs(pass, after)) {
    await pass.attempt(() => sweepBlob(pass, stored))
    if (!pass.mayGoOn(1 + stored.references.length)) return stored.sha256
  }
  return null
}

async function sweepBlob(pass: SweepPass, { sha256, blob, references }: StoredBlob): Promise<void> {
  let used = 0
  for (const reference of references) if (!(await sweepReference(pass, reference))) used += 1
  if (used > 0 || blob === null || pass.ageMs(blob) < DAY_MS) return
  const removed = pass.dryRun
    ? await sizeOf(pass, sha256, blob)
    : await removeUnusedBlob(pass.deps.store, sha256)
  if (removed !== null) pass.count('blobs', removed)
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
  const requested = await store.head(requestKey(documentId))
  const manifest = await store.head(manifestKey(documentId))
  if (requested === null && manifest === null) {
    await pass.removeObject('references', reference)
    return true
  }
  const files = { documentId, manifest, request: requested ?? reference }
  // Otherwise the phase before has taken it away already.
  if (pass.dryRun && (await findEnd(pass, files, pass.resultsMs)) !== null) return true
  const request = await readJson<DocumentRequest>(store, requestKey(documentId))
  if (request === null || !TEMPORARY_DIALECTS.includes(request.dialect)) return false
  if ((await findEnd(pass, files, pass.intermediatesMs)) === null) return false
  await pass.removeObject('intermediates', reference)
  return true
}

async function sizeOf(
  { deps: { store } }: SweepPass,
  sha256: Sha256,
  blob: BlobEntry,
): Promise<Removed> {
  let [objects, bytes] = [1, blob.sizeBytes]
  for await (const { sizeBytes } of listAll(store, pagesPrefix(sha256))) {
    objects += 1
    bytes += sizeBytes
  }
  return { objects, bytes }
}

/** Blobs and references in the order of their hashes, which both listings have. */
async function* storedBlobs(pass: SweepPass, after: string | null): AsyncGenerator<StoredBlob> {
  const { store } = pass.deps
  const blobs = listAll(store, BLOBS_PREFIX, after === null ? undefined : BLOBS_PREFIX + after)
  // '0' is the character behind '/'.
  const start = after === null ? undefined : `${REFERENCES_PREFIX}${after}0`
  const references = listAll(store, REFERENCES_PREFIX, start)
  let blob = await nextOf(blobs)
  let reference = await nextOf(references)
  while (blob !== null || reference !== null) {
    const sha256 = lesser(blob?.sha256, reference?.sha256)
    const ofThis: BlobEntry[] = []
    let itself: BlobEntry | null = null
    if (blob?.sha256 === sha256) {
      itself = blob.entry
      blob = await nextOf(blobs)
    }
    while (reference?.sha256 === sha256) {
      ofThis.push(reference.entry)
      reference = await nextOf(references)
    }
    yield { sha256, blob: itself, references: ofThis }
  }
}

type HashedEntry = { readonly sha256: Sha256; readonly entry: BlobEntry }

/** The next entry whose key names a hash. */
async function nextOf(entries: AsyncGenerator<BlobEntry>): Promise<HashedEntry | null> {
  for (;;) {
    const { value, done } = await entries.next()
    if (done === true) return null
    const sha256 = parseSha256(value.key.split('/')[1] ?? '')
    if (sha256 !== null) return { sha256, entry: value }
  }
}

function lesser(left: Sha256 | undefined, right: Sha256 | undefined): Sha256 {
  const least = left === undefined || (right !== undefined && right < left) ? right : left
  if (least === undefined) throw new TypeError('Of two hashes one must be there')
  return least
}
