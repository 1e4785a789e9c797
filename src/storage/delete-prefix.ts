import { mapConcurrently } from '../platform/map-concurrently.ts'
import type { BlobStore } from './blob-store.ts'
import { listAll } from './list-all.ts'

const CONCURRENCY = 8
/** Objects between two looks at whether to go on. */
const BATCH = 100

/** What was removed. */
export type Removed = { readonly objects: number; readonly bytes: number }

/**
 * Removes all objects below a prefix but one.
 *
 * @param options.keptKey what stays
 * @param options.mayGoOn asked before every hundred objects; `false` ends it there
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function deletePrefix(
  store: BlobStore,
  prefix: string,
  options: { readonly keptKey?: string; readonly mayGoOn?: () => Promise<boolean> } = {},
): Promise<Removed> {
  const { keptKey, mayGoOn = () => Promise.resolve(true) } = options
  let [objects, bytes] = [0, 0]
  let batch: { readonly key: Parameters<BlobStore['delete']>[0]; readonly sizeBytes: number }[] = []
  const removeBatch = async (): Promise<boolean> => {
    if (batch.length === 0) return true
    if (!(await mayGoOn())) return false
    await mapConcurrently(batch, CONCURRENCY, ({ key }) => store.delete(key))
    objects += batch.length
    bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, bytes)
    batch = []
    return true
  }
  for await (const blob of listAll(store, prefix)) {
    if (blob.key !== keptKey) batch.push(blob)
    if (batch.length === BATCH && !(await removeBatch())) return { objects, bytes }
  }
  await removeBatch()
  return { objects, bytes }
}
