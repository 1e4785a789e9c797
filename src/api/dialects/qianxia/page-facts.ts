import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { PageNumber } from '../../../contract/identifiers.ts'
import { firstSelectedPages } from '../../../contract/page-ranges.ts'
import type { PageReading } from '../../../contract/page.ts'
import { PAGE_MARK } from '../../../contract/progress.ts'
import type { DocumentGateway } from '../../gateway/document-gateway.ts'
import { LruMap } from '../../gateway/lru-map.ts'
import { mapConcurrently } from '../../../platform/map-concurrently.ts'
import { toPageFacts, type PageFacts } from '../../live/page-facts.ts'

/** Pages that one answer reads for its statistics: as many as a PDF has by default at most. */
export const MAX_PAGES_READ = 500

/** Reads of the store that one answer has under way at once. */
const CONCURRENCY = 8

// Three numbers each.
const CAPACITY = 50_000

// A page that was read never changes, so one memory serves all routers of the process.
const known = new LruMap<string, PageFacts>(CAPACITY)

/** Reads what statistics need of the first 500 delivered pages. @throws {OcrError} `STORAGE_UNAVAILABLE` */
export async function readPageFacts(
  gateway: DocumentGateway,
  status: DocumentStatus,
): Promise<ReadonlyMap<PageNumber, PageFacts>> {
  const pages = deliveredPages(status).slice(0, MAX_PAGES_READ)
  const facts = await mapConcurrently(pages, CONCURRENCY, async (page) => {
    const key = `${status.documentId}/${page}`
    const remembered = known.get(key)
    if (remembered !== undefined) return [[page, remembered] as const]
    const record = await gateway.pageRecord(status.documentId, page)
    if (record === null) return []
    const read = toPageFacts(record, status)
    known.set(key, read)
    return [[page, read] as const]
  })
  return new Map(facts.flat())
}

/** When pages were read, for the times of batches. */
export function readingsOf(
  facts: ReadonlyMap<PageNumber, PageFacts>,
): ReadonlyMap<PageNumber, PageReading> {
  return new Map(
    [...facts].flatMap(([page, { reading }]) => (reading === null ? [] : [[page, reading]])),
  )
}

function deliveredPages({ marks, pages }: DocumentStatus): PageNumber[] {
  if (marks === null) return []
  return firstSelectedPages(pages, marks.length).filter((_page, place) => {
    const mark = marks[place]
    return mark !== PAGE_MARK.waiting && mark !== PAGE_MARK.failed
  })
}
