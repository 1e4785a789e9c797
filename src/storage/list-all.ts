import type { BlobEntry, BlobStore } from './blob-store.ts'

/**
 * Everything below a prefix, in key order, however many listings that takes.
 *
 * @param after Only keys behind this text
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function* listAll(
  store: BlobStore,
  prefix: string,
  after?: string,
): AsyncGenerator<BlobEntry> {
  let cursor = after
  do {
    const { blobs, nextCursor } = await store.list(prefix, cursor)
    yield* blobs
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}
