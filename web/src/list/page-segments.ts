import { PAGE_MARK } from '../../../src/contract/progress.ts'
import type { DocumentView } from '../model.ts'

/** What a stretch of the page bar stands for; `retrying` is a page that failed before. */
export type SegmentKind = 'waiting' | 'running' | 'retrying' | 'ok' | 'degraded' | 'failed'

/** A stretch of the page bar, as long as it has pages. */
export type Segment = { readonly kind: SegmentKind; readonly pages: number }

/** Most pages that get a segment of their own: more could not be told apart on a telephone. */
export const MAX_SINGLE_PAGES = 60

const KIND_OF_MARK: Readonly<Record<string, SegmentKind>> = {
  [PAGE_MARK.ok]: 'ok',
  [PAGE_MARK.empty]: 'ok',
  [PAGE_MARK.degraded]: 'degraded',
  [PAGE_MARK.failed]: 'failed',
}

/**
 * The page bar of a document: one segment for each page, in page order, where there are at most
 * {@link MAX_SINGLE_PAGES} and it is known which page is where; else one for each kind.
 */
export function segmentsOf(document: DocumentView): Segment[] {
  const { marks, pages, running, selection } = document
  const underWay = new Map<number, SegmentKind>(
    running.map(({ page, attempt }) => [page, attempt > 1 ? 'retrying' : 'running']),
  )
  if (marks && marks.length <= MAX_SINGLE_PAGES)
    return marks.split('').map((mark, position) => ({
      kind: KIND_OF_MARK[mark] ?? underWay.get(selection?.[position] ?? position + 1) ?? 'waiting',
      pages: 1,
    }))
  const waiting = Math.max(0, pages.total - pages.done)
  const retrying = Math.min(
    waiting,
    [...underWay.values()].filter((kind) => kind === 'retrying').length,
  )
  const inWork = Math.min(waiting, underWay.size) - retrying
  const counts: readonly Segment[] = [
    { kind: 'ok', pages: pages.ok + pages.empty },
    { kind: 'degraded', pages: pages.degraded },
    { kind: 'failed', pages: pages.failed },
    { kind: 'retrying', pages: retrying },
    { kind: 'running', pages: inWork },
    { kind: 'waiting', pages: waiting - retrying - inWork },
  ]
  return counts.filter((segment) => segment.pages > 0)
}
