import { DOCUMENT_STATES } from '../../../../src/contract/document-status.ts'
import type { DocumentView, RunningPage } from '../../model.ts'
import { toCount, toItems, toObject, toText, toWebUrl } from '../read-json.ts'
import { toTimeMs } from '../read-time.ts'

/** More than any document has. */
const MAX_PAGES = 100_000

/** Reads a `Document` of `/v1`; `null` when it is none. What it lacks counts as not known. */
export function readDocument(value: unknown): DocumentView | null {
  const body = toObject(value)
  const id = toText(body['id'])
  if (!id) return null
  const counts = toObject(body['pages'])
  const total = toCount(counts['total'])
  const failure = toObject(body['failure'])
  const failureCode = toText(failure['code'])
  const selection = toText(body['selection'])
  return {
    id,
    state: DOCUMENT_STATES.find((state) => state === body['status']) ?? 'processing',
    engine: toText(body['engine']) ?? '',
    fileName: toText(body['file_name']) ?? id,
    mediaType: toText(body['media_type']),
    sizeBytes: toCount(body['size_bytes']) || null,
    createdAtMs: toTimeMs(body['created_at']) ?? 0,
    startedAtMs: toTimeMs(body['started_at']),
    endedAtMs: toTimeMs(body['completed_at']),
    pages: {
      total,
      done: toCount(counts['done']),
      ok: toCount(counts['ok']),
      empty: toCount(counts['empty']),
      degraded: toCount(counts['degraded']),
      failed: toCount(counts['failed']),
    },
    marks: toText(body['page_marks']),
    selection: selection ? toPages(selection, total) : null,
    running: toItems(body['running_pages']).map(readRunningPage).filter(isPage),
    failedPages: toItems(body['failed_pages'])
      .map((item) => {
        const { page, code } = toObject(item)
        return { page: toCount(page), code: toText(code) ?? '' }
      })
      .filter(isPage),
    failure:
      failureCode === null ? null : { code: failureCode, title: toText(failure['title']) ?? '' },
    queuedReason: toText(body['queued_reason']),
    runUrl: toWebUrl(body['run_url']),
    hasResults: Boolean(body['results']),
  }
}

/** The first pages of a selection such as `1-3,7`, which the service has brought into this form. */
function toPages(selection: string, count: number): number[] {
  const pages: number[] = []
  for (const range of selection.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number)
    for (let page = first; page <= last && pages.length < Math.min(count, MAX_PAGES); page++)
      pages.push(page)
  }
  return pages
}

/** Reads a page that is being read; page 0 when it is none. */
export function readRunningPage(value: unknown): RunningPage {
  const { page, attempt, code } = toObject(value)
  return { page: toCount(page), attempt: toCount(attempt) || 1, code: toText(code) }
}

/** Tells whether a page number could be read. */
export function isPage({ page }: { readonly page: number }): boolean {
  return page > 0
}
