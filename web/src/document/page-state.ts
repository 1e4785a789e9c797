import { hasEnded } from '../../../src/contract/document-status.ts'
import { PAGE_MARK } from '../../../src/contract/progress.ts'
import type { DocumentView } from '../model.ts'

/**
 * Where a page is. `unread`: the document ended before its turn; `unknown`: the API does not tell, so
 * the page has to be asked for; `outside`: no page of the document, or none that was selected.
 */
export type PageState =
  | { readonly kind: 'ok' | 'empty' | 'degraded' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'reading'; readonly attempt: number; readonly code: string | null }
  | { readonly kind: 'waiting' | 'unread' | 'unknown' | 'outside' }

/** Numbers of the pages that were selected, in the order of their marks. */
export function pageNumbers({ selection, marks, pages }: DocumentView): readonly number[] {
  if (selection !== null) return selection
  return Array.from({ length: Math.max(pages.total, marks?.length ?? 0) }, (_, place) => place + 1)
}

/** State of the page at a place of {@link pageNumbers}. */
export function pageStateOf(document: DocumentView, page: number): PageState {
  const { selection, marks, state } = document
  const place = selection === null ? page - 1 : selection.indexOf(page)
  const isListed = place >= 0 && place < Math.max(document.pages.total, marks?.length ?? 0)
  if (!isListed) return hasEnded(state) || document.pages.total > 0 ? OUTSIDE : WAITING
  const failed = document.failedPages.find((failure) => failure.page === page)
  if (failed) return { kind: 'failed', code: failed.code }
  const mark = marks?.[place]
  if (mark === PAGE_MARK.ok) return { kind: 'ok' }
  if (mark === PAGE_MARK.empty) return { kind: 'empty' }
  if (mark === PAGE_MARK.degraded) return { kind: 'degraded' }
  // The code comes with the list of failed pages, which may be a moment later.
  if (mark === PAGE_MARK.failed) return { kind: 'failed', code: '' }
  const running = document.running.find((candidate) => candidate.page === page)
  if (running && !hasEnded(state))
    return { kind: 'reading', attempt: running.attempt, code: running.code }
  if (mark === undefined) return { kind: 'unknown' }
  return hasEnded(state) ? { kind: 'unread' } : WAITING
}

/** Whether a page has content that can be asked for, as far as one knows. */
export function isReadable({ kind }: PageState): boolean {
  return kind === 'ok' || kind === 'empty' || kind === 'degraded' || kind === 'unknown'
}

/**
 * Changes when a page is worth asking for; `null`: not yet. What was read does not change any more, also
 * not when the document ends.
 *
 * @param pagesDone Of the document: while nobody tells which ones, each may be the wanted one
 */
export function pageVersion(state: PageState, pagesDone: number): string | null {
  if (!isReadable(state)) return null
  return state.kind === 'unknown' ? `unknown/${pagesDone}` : 'read'
}

const WAITING: PageState = { kind: 'waiting' }
const OUTSIDE: PageState = { kind: 'outside' }
