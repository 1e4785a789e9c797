import type { BlobEntry, BlobStore } from './blob-store.ts'

/**
 * Everything below a prefix, in key order, however many listings that takes.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function* listAll(store: BlobStore, prefix: string): AsyncGenerator<BlobEntry> {
  let cursor: string | undefined
  do {
    const { blobs, nextCursor } = await store.list(prefix, cursor)
    yield* blobs
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}
