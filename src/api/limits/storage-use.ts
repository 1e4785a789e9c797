import type { DocumentRequest } from '../../contract/document.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { PROCESS_DOCUMENT, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import { OcrError } from '../../platform/errors.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { requestKey } from '../../storage/object-keys.ts'
import { readJson } from '../../storage/read-blob.ts'
import { LruMap } from '../gateway/lru-map.ts'
import type { TemporalDocuments } from '../gateway/temporal-documents.ts'

/** As old as a sum may be by which a file is taken, and by which one is refused. */
const TAKE_TTL_MS = 30_000
const REFUSE_TTL_MS = 5_000
/** Nobody waits longer for a sum; it is read to its end for those who ask then. */
const DEADLINE_MS = 5_000
const SUBMITTERS = 10_000
/** Documents whose sizes are remembered. */
const DOCUMENTS = 200_000
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
   * @throws {OcrError} `SERVICE_UNAVAILABLE`, also when the others are not summed up within 5 s;
   *   `STORAGE_UNAVAILABLE`
   */
  take(file: TakenFile): Promise<TakenBytes | null>
}

type TakenFile = {
  readonly submitter: string
  /** 0: not known yet. */
  readonly sizeBytes: number
  readonly quotaBytes: number
}

/** What is known of a submitter: bytes, and when they were read, by `performance.now()`. */
type Account = {
  stored: number
  /** Of files that are being taken. */
  pending: number
  /** Of files that were taken since the last reading began. */
  kept: number
  readAtMs: number
  /** When it was last looked whether all of it is still there. */
  checkedAtMs: number
  /** Under way: whoever asks meanwhile shares it. */
  reading: Promise<void> | null
}

/**
 * Makes what sums up. It asks Temporal for the documents of a submitter, and the store for the size of
 * each once: sizes never change. Whether documents are still there is looked at only before a file is
 * refused.
 */
export function createStorageUse(temporal: TemporalDocuments, store: BlobStore): StorageUse {
  const accounts = new LruMap<string, Account>(SUBMITTERS)
  // 0: the document is gone, for good.
  const sizes = new LruMap<DocumentId, number>(DOCUMENTS)

  /** A document that was deleted or swept has no request any more. */
  async function sizeOf(documentId: DocumentId, isChecked: boolean): Promise<number> {
    const known = sizes.get(documentId)
    if (known === 0 || (known !== undefined && !isChecked)) return known
    const key = requestKey(documentId)
    if (known !== undefined && (await store.head(key)) !== null) return known
    const request = known === undefined ? await readJson<DocumentRequest>(store, key) : null
    // Of a file that is still to be fetched the size is not known yet.
    const size = request === null ? 0 : request.sizeBytes
    if (size !== null) sizes.set(documentId, size)
    return size ?? 0
  }

  async function storedBytes(submitter: string, isChecked: boolean): Promise<number> {
    const query =
      `WorkflowType = '${PROCESS_DOCUMENT}' AND ExecutionStatus != 'ContinuedAsNew' AND ` +
      `${SEARCH_ATTRIBUTE.submitter} = '${submitter}'`
    let bytes = 0
    let token: Uint8Array | undefined
    do {
      const { runs, nextToken } = await temporal.list(query, LIST_PAGE, token)
      const read = await mapConcurrently(runs, READS_AT_ONCE, ({ documentId }) =>
        sizeOf(documentId, isChecked),
      )
      for (const size of read) bytes += size
      token = nextToken ?? undefined
    } while (token !== undefined)
    return bytes
  }

  async function read(account: Account, submitter: string, isChecked: boolean): Promise<void> {
    const keptBefore = account.kept
    try {
      account.stored = await storedBytes(submitter, isChecked)
      account.kept -= keptBefore
      account.readAtMs = performance.now()
      if (isChecked) account.checkedAtMs = account.readAtMs
    } finally {
      account.reading = null
    }
  }

  /** Returns once the sum is young enough. */
  async function refresh(
    account: Account,
    submitter: string,
    { isChecked, deadlineMs }: { readonly isChecked: boolean; readonly deadlineMs: number },
  ): Promise<void> {
    const isStale = (): boolean =>
      isChecked
        ? performance.now() - account.checkedAtMs >= REFUSE_TTL_MS
        : performance.now() - account.readAtMs >= TAKE_TTL_MS
    // What is under way may be a reading of the other kind.
    while (isStale()) {
      account.reading ??= read(account, submitter, isChecked)
      await before(deadlineMs, account.reading)
    }
  }

  return {
    async take({ submitter, sizeBytes, quotaBytes }) {
      const deadlineMs = performance.now() + DEADLINE_MS
      const account = accounts.get(submitter) ?? newAccount()
      accounts.set(submitter, account)
      // A file whose size is not known yet fits as long as anything does.
      const room = quotaBytes - Math.max(1, sizeBytes)
      const isFull = (): boolean => account.stored + account.kept + account.pending > room
      await refresh(account, submitter, { isChecked: false, deadlineMs })
      if (isFull()) await refresh(account, submitter, { isChecked: true, deadlineMs })
      if (isFull()) return null
      // In the same turn as the look: of two at once the second one sees the first.
      account.pending += sizeBytes
      let isOver = false
      const settle = (keptBytes: number): void => {
        if (isOver) return
        isOver = true
        account.pending -= sizeBytes
        account.kept += keptBytes
      }
      return { keep: () => settle(sizeBytes), [Symbol.dispose]: () => settle(0) }
    },
  }
}

function newAccount(): Account {
  const never = Number.NEGATIVE_INFINITY
  return { stored: 0, pending: 0, kept: 0, readAtMs: never, checkedAtMs: never, reading: null }
}

async function before(deadlineMs: number, reading: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      late.reject(
        new OcrError('SERVICE_UNAVAILABLE', 'Cannot sum up a quota: it takes too long', {
          retryAfterMs: REFUSE_TTL_MS,
        }),
      ),
    Math.max(0, deadlineMs - performance.now()),
  )
  // Whoever waited for it may have left.
  reading.catch(() => undefined)
  try {
    await Promise.race([reading, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
