import { parseSha256, type Sha256 } from '../../contract/identifiers.ts'
import type { BlobEntry, BlobStore } from '../../storage/blob-store.ts'
import { listAll } from '../../storage/list-all.ts'
import { BLOBS_PREFIX, PAGES_PREFIX, REFERENCES_PREFIX } from '../../storage/object-keys.ts'

/** A blob, what refers to it and whether anything was made of its pages; any may be missing. */
export type StoredBlob = {
  readonly sha256: Sha256
  readonly blob: BlobEntry | null
  readonly references: readonly BlobEntry[]
  readonly hasPages: boolean
}

/**
 * All hashes that anything is stored of, in their order, which the listings have.
 *
 * @param after the hash to go on behind; `null`: from the first
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function* storedBlobs(
  store: BlobStore,
  after: string | null,
): AsyncGenerator<StoredBlob> {
  const blobs = listAll(store, BLOBS_PREFIX, after === null ? undefined : BLOBS_PREFIX + after)
  const references = listAll(store, REFERENCES_PREFIX, behind(REFERENCES_PREFIX, after))
  const pages = pageHashes(store, behind(PAGES_PREFIX, after))
  let blob = await nextEntry(blobs)
  let reference = await nextEntry(references)
  let page = await nextOf(pages)
  for (;;) {
    const sha256 = least([blob?.sha256, reference?.sha256, page])
    if (sha256 === null) return
    const ofThis: BlobEntry[] = []
    let itself: BlobEntry | null = null
    const hasPages = page === sha256
    if (hasPages) page = await nextOf(pages)
    if (blob?.sha256 === sha256) {
      itself = blob.entry
      blob = await nextEntry(blobs)
    }
    while (reference?.sha256 === sha256) {
      ofThis.push(reference.entry)
      reference = await nextEntry(references)
    }
    yield { sha256, blob: itself, references: ofThis, hasPages }
  }
}

/** The hashes whose pages anything was made of. Most of their objects are passed over unseen. */
async function* pageHashes(store: BlobStore, after: string | undefined): AsyncGenerator<Sha256> {
  let cursor = after
  do {
    const { blobs, nextCursor } = await store.list(PAGES_PREFIX, cursor)
    let last: Sha256 | null = null
    for (const { key } of blobs) {
      const sha256 = hashIn(key)
      if (sha256 === null || sha256 === last) continue
      last = sha256
      yield sha256
    }
    const skipped = behind(PAGES_PREFIX, last) ?? ''
    cursor = nextCursor === null || nextCursor > skipped ? (nextCursor ?? undefined) : skipped
  } while (cursor !== undefined)
}

/** What comes behind everything below a prefix and a hash. */
function behind(prefix: string, sha256: string | null): string | undefined {
  // '0' is the character behind '/'.
  return sha256 === null ? undefined : `${prefix}${sha256}0`
}

type HashedEntry = { readonly sha256: Sha256; readonly entry: BlobEntry }

/** The next entry whose key names a hash. */
async function nextEntry(entries: AsyncGenerator<BlobEntry>): Promise<HashedEntry | null> {
  for (;;) {
    const entry = await nextOf(entries)
    if (entry === null) return null
    const sha256 = hashIn(entry.key)
    if (sha256 !== null) return { sha256, entry }
  }
}

async function nextOf<T>(things: AsyncGenerator<T, void>): Promise<T | null> {
  const { value, done } = await things.next()
  return done === true ? null : value
}

function hashIn(key: string): Sha256 | null {
  return parseSha256(key.split('/')[1] ?? '')
}

function least(hashes: readonly (Sha256 | null | undefined)[]): Sha256 | null {
  const there = hashes.filter((hash) => hash !== null && hash !== undefined)
  return there.toSorted()[0] ?? null
}
