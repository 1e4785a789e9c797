import { createHash } from 'node:crypto'
import type { EngineId, Language } from '../contract/engines.ts'
import type { BlobKey, DocumentId, PageNumber, Sha256 } from '../contract/identifiers.ts'
import type { PageRecord } from '../contract/page.ts'
import type { BlobInfo, BlobStore } from './blob-store.ts'
import { pageRecordKey, replacedPageKey } from './object-keys.ts'
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
}

/**
 * Finds a recognized page of a document: by the given version of the engine, else as the fallback
 * engine read it, else by the newest version that there is. `null`: it is not recognized yet.
 */
export async function findPageRecord(
  store: BlobStore,
  ref: DocumentPageRef,
): Promise<PageRecord | null> {
  const known =
    ref.engineVersion === null
      ? null
      : await readJson<PageRecord>(store, pageRecordKeyFor(ref, ref.engineVersion))
  const replaced = replacedPageKey(ref.documentId, ref.page)
  return known ?? (await readJson<PageRecord>(store, replaced)) ?? (await findNewest(store, ref))
}

async function findNewest(store: BlobStore, ref: PageRecordRef): Promise<PageRecord | null> {
  const stem = pageRecordKey({ ...ref, paramsHash: requestHash(ref) }).replace(/\.json$/, '-')
  const { blobs } = await store.list(stem)
  const newest = blobs
    // Crops of pictures lie beside it.
    .filter(({ key }) => key.endsWith('.json'))
    .reduce<BlobInfo | null>(
      (best, blob) => (best === null || blob.modifiedAt > best.modifiedAt ? blob : best),
      null,
    )
  return newest === null ? null : readJson<PageRecord>(store, newest.key)
}

function requestHash(ref: PageRecordRef): string {
  return shortHash(JSON.stringify([ref.dpi, ref.languages?.toSorted() ?? null]))
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
