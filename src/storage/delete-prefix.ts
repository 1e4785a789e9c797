import type { BlobKey } from '../contract/identifiers.ts'
import { mapConcurrently } from '../platform/map-concurrently.ts'
import type { BlobEntry, BlobStore } from './blob-store.ts'
import { listAll } from './list-all.ts'

/** Objects that are removed at once, between two looks at whether to go on. */
const BATCH = 8

/** What was removed. */
export type Removed = { readonly objects: number; readonly bytes: number }

/** Nothing removed. */
export const NOTHING_REMOVED: Removed = { objects: 0, bytes: 0 }

/** What is to stay, and how long to go on. */
export type DeleteOptions = {
  readonly keptKeys?: readonly BlobKey[]
  /** Asked before every eight objects; `false` ends it there. */
  readonly mayGoOn?: () => Promise<boolean>
  readonly signal?: AbortSignal | undefined
}

/**
 * Removes all objects below a prefix.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 * @throws the reason of `options.signal` when it fires
 */
export async function deletePrefix(
  store: BlobStore,
  prefix: string,
  options: DeleteOptions = {},
): Promise<Removed> {
  const { keptKeys = [], mayGoOn = () => Promise.resolve(true), signal } = options
  let [objects, bytes] = [0, 0]
  let batch: BlobEntry[] = []
  const removeBatch = async (): Promise<boolean> => {
    if (batch.length === 0) return true
    signal?.throwIfAborted()
    if (!(await mayGoOn())) return false
    await mapConcurrently(batch, BATCH, ({ key }) => store.delete(key))
    objects += batch.length
    bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, bytes)
    batch = []
    return true
  }
  for await (const blob of listAll(store, prefix)) {
    if (!keptKeys.includes(blob.key)) batch.push(blob)
    if (batch.length === BATCH && !(await removeBatch())) return { objects, bytes }
  }
  await removeBatch()
  return { objects, bytes }
}
