import type { DocumentRequest } from '../../contract/document.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { PROCESS_DOCUMENT, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { requestKey } from '../../storage/object-keys.ts'
import { readJson } from '../../storage/read-blob.ts'
import { LruMap } from '../gateway/lru-map.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { TemporalDocuments } from '../gateway/temporal-documents.ts'

/** As old as a sum may be by which a file is taken, and by which one is refused. */
const TAKE_TTL_MS = 30_000
const REFUSE_TTL_MS = 5_000
const SUBMITTERS = 10_000
/** Documents that are gone for good, and need not be looked for again. */
const GONE = 100_000
const LIST_PAGE = 1_000
const READS_AT_ONCE = 16

/** A file that counts already; disposing takes it back, unless it was kept. */
export type TakenBytes = Disposable & { keep(): void }

/** What sums up the files of a submitter's documents. */
export type StorageUse = {
  /**
   * Counts a file if it fits beside the others; `null` if it does not. Soft: files that other api
   * processes took lately may be missing.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE`
   */
  take(file: TakenFile): Promise<TakenBytes | null>
}

type TakenFile = {
  readonly submitter: string
  /** 0: not known yet. */
  readonly sizeBytes: number
  readonly quotaBytes: number
}

type Sum = {
  readonly stored: Promise<number>
  readonly askedAtMs: number
  /** Taken here since then, in bytes. */
  taken: number
}

/** Makes what sums up; a sum is read at most once in 5 s, and asks Temporal and the store. */
export function createStorageUse(temporal: TemporalDocuments, store: BlobStore): StorageUse {
  const sums = new LruMap<string, Sum>(SUBMITTERS)
  const gone = new LruMap<DocumentId, true>(GONE)

  const sumOf = (submitter: string, ttlMs: number): Sum => {
    const known = sums.get(submitter)
    if (known !== undefined && performance.now() - known.askedAtMs < ttlMs) return known
    const stored = storedBytes({ temporal, store, gone }, submitter)
    const sum = { stored, askedAtMs: performance.now(), taken: 0 }
    sums.set(submitter, sum)
    // A failure is not kept.
    stored.catch(() => sums.delete(submitter))
    return sum
  }

  return {
    async take({ submitter, sizeBytes, quotaBytes }) {
      for (const ttlMs of [TAKE_TTL_MS, REFUSE_TTL_MS]) {
        const sum = sumOf(submitter, ttlMs)
        const stored = await sum.stored
        const used = stored + sum.taken
        // A file whose size is not known yet fits as long as anything does.
        if (used + Math.max(1, sizeBytes) > quotaBytes) continue
        // In the same turn as the look: of two at once the second one sees the first.
        sum.taken += sizeBytes
        let isKept = false
        return {
          keep() {
            isKept = true
          },
          [Symbol.dispose]() {
            if (!isKept) sum.taken -= sizeBytes
          },
        }
      }
      return null
    },
  }
}

/** What is stored: a document that was deleted or swept has no request any more. */
async function storedBytes(
  sources: {
    readonly temporal: TemporalDocuments
    readonly store: BlobStore
    readonly gone: LruMap<DocumentId, true>
  },
  submitter: string,
): Promise<number> {
  const { temporal, store, gone } = sources
  const query =
    `WorkflowType = '${PROCESS_DOCUMENT}' AND ExecutionStatus != 'ContinuedAsNew' AND ` +
    `${SEARCH_ATTRIBUTE.submitter} = '${submitter}'`
  let bytes = 0
  let token: Uint8Array | undefined
  do {
    const { runs, nextToken } = await temporal.list(query, LIST_PAGE, token)
    const sizes = await mapConcurrently(runs, READS_AT_ONCE, async ({ documentId }) => {
      if (gone.get(documentId)) return 0
      const request = await readJson<DocumentRequest>(store, requestKey(documentId))
      if (request === null) gone.set(documentId, true)
      return request?.sizeBytes ?? 0
    })
    for (const size of sizes) bytes += size
    token = nextToken ?? undefined
  } while (token !== undefined)
  return bytes
}
