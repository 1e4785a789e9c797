import { pagesOfOwner } from './list-documents.ts'
import { LruMap } from './lru-map.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

const TTL_MS = 30_000
const CAPACITY = 10_000

type Counted = { readonly pages: Promise<number>; readonly askedAtMs: number }

/** Makes the counter of an owner's pages; equal questions within 30 s share one look at the lists. */
export function createOwnerPages(temporal: TemporalDocuments): (owner: string) => Promise<number> {
  const counts = new LruMap<string, Counted>(CAPACITY)
  return (owner) => {
    const known = counts.get(owner)
    if (known !== undefined && Date.now() - known.askedAtMs < TTL_MS) return known.pages
    const pages = pagesOfOwner({ temporal }, owner)
    counts.set(owner, { pages, askedAtMs: Date.now() })
    // A failure is not kept.
    pages.catch(() => counts.delete(owner))
    return pages
  }
}
