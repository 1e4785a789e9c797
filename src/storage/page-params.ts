import { createHash } from 'node:crypto'
import type { EngineId, Language } from '../contract/engines.ts'
import type { BlobKey, DocumentId, PageNumber, Sha256 } from '../contract/identifiers.ts'
import type { PageRecord } from '../contract/page.ts'
import type { BlobEntry, BlobStore } from './blob-store.ts'
import { listAll } from './list-all.ts'
import { documentPageKey, documentPagesPrefix, pageRecordKey } from './object-keys.ts'
import { readJson } from './read-blob.ts'

/** Everything of a request that decides what a recognized page contains. */
export type PageRecordRef = {
  readonly sha256: Sha256
  readonly page: PageNumber
  readonly engine: EngineId
  /** `null`: the engine's default. */
  readonly languages: readonly Language[] | null
  /** Resolution asked for, not the one a large page was lowered to. */
  readonly dpi: number
}

/**
 * Key of a recognized page. The hash has two parts, `<request>-<engine version>`, so that a reader
 * who does not know the version (the api, a worker of another release) finds it by prefix.
 */
export function pageRecordKeyFor(ref: PageRecordRef, engineVersion: string): BlobKey {
  return pageRecordKey({ ...ref, paramsHash: `${requestHash(ref)}-${shortHash(engineVersion)}` })
}

/** Where a recognized page of one document is looked for. */
export type DocumentPageRef = PageRecordRef & {
  readonly documentId: DocumentId
  /** Version of the engine, where the reader knows it: it spares a listing. */
  readonly engineVersion: string | null
  /** `false` where the reader knows that no page was read for this document only: it spares a read. */
  readonly mayBeOwn?: boolean
  /** When the document ended: what was read later belongs to others. `null`: it has not. */
  readonly endedAt?: string | null
  /** The document asks questions of its own: pages that others read are not its pages. */
  readonly isOwnOnly?: boolean
}

/**
 * Finds a recognized page of a document: as it was read for this document only, else by the given
 * version of the engine, else by the newest version that there is. `null`: it is not recognized yet.
 */
export async function findPageRecord(
  store: BlobStore,
  ref: DocumentPageRef,
): Promise<PageRecord | null> {
  const { documentId, page, engineVersion, mayBeOwn = true, isOwnOnly = false } = ref
  const read = (key: BlobKey): Promise<PageRecord | null> => readJson<PageRecord>(store, key)
  const own = mayBeOwn ? await read(documentPageKey(documentId, page)) : null
  if (own !== null || isOwnOnly) return own
  return (
    (engineVersion === null ? null : await read(pageRecordKeyFor(ref, engineVersion))) ??
    (await findNewest(store, ref, ref.endedAt ?? null))
  )
}

/** The pages that were read for one document only. */
export async function listOwnPages(
  store: BlobStore,
  documentId: DocumentId,
): Promise<ReadonlySet<PageNumber>> {
  const pages = new Set<PageNumber>()
  const prefix = documentPagesPrefix(documentId)
  for await (const { key } of listAll(store, prefix)) {
    const page = /^(\d+)\.json$/.exec(key.slice(prefix.length))?.[1]
    if (page !== undefined) pages.add(Number(page))
  }
  return pages
}

async function findNewest(
  store: BlobStore,
  ref: PageRecordRef,
  endedAt: string | null,
): Promise<PageRecord | null> {
  const stem = pageRecordKey({ ...ref, paramsHash: requestHash(ref) }).replace(/\.json$/, '-')
  const { blobs } = await store.list(stem)
  // Crops of pictures lie beside it.
  const records = blobs.filter(({ key }) => key.endsWith('.json'))
  const ofItsTime = records.filter(({ modifiedAt }) => endedAt === null || modifiedAt <= endedAt)
  // Clocks may differ by more than the last page took.
  const newest = newestOf(ofItsTime) ?? newestOf(records)
  return newest === null ? null : readJson<PageRecord>(store, newest.key)
}

function newestOf(blobs: readonly BlobEntry[]): BlobEntry | null {
  return blobs.reduce<BlobEntry | null>(
    (best, blob) => (best === null || blob.modifiedAt > best.modifiedAt ? blob : best),
    null,
  )
}

function requestHash(ref: PageRecordRef): string {
  return shortHash(JSON.stringify([ref.dpi, ref.languages?.toSorted() ?? null]))
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
