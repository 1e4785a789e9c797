import type { DocumentState } from '../../../../src/contract/document-status.ts'
import type { DocumentView, FailedPageView } from '../../model.ts'
import { toCount, toItems, toObject, toText } from '../read-json.ts'
import { toTimeMs } from '../read-time.ts'

/** Our states by those of tasks. A task that is being cancelled is `processing` there. */
const STATES: Readonly<Record<string, DocumentState>> = {
  pending: 'queued',
  processing: 'processing',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
}

/** State of a task; `processing` for one that we do not know. */
export function toState(status: unknown): DocumentState {
  return STATES[toText(status) ?? ''] ?? 'processing'
}

/** Reads the row of a task; `null` when it is none. */
export function readTask(value: unknown): DocumentView | null {
  const row = toObject(value)
  const id = toText(row['id'])
  if (!id) return null
  const state = toState(row['status'])
  const failed = toCount(row['failed_pages'])
  const done = toCount(row['processed_pages'])
  const startedAtMs = toTimeMs(row['started_at'])
  return {
    id,
    state,
    engine: '',
    fileName: toText(row['file_name']) ?? id,
    mediaType: row['task_type'] === 'pdf_ocr' ? 'pdf' : null,
    sizeBytes: toCount(row['file_size']) || null,
    createdAtMs: toTimeMs(row['created_at']) ?? 0,
    startedAtMs,
    endedAtMs: toTimeMs(row['completed_at']),
    pages: {
      // As documented, it says 1 until the pages were counted.
      total: startedAtMs === null ? 0 : toCount(row['total_pages']),
      done,
      ok: Math.max(0, done - failed),
      empty: 0,
      degraded: 0,
      failed,
    },
    marks: null,
    selection: null,
    running: [],
    failedPages: [],
    failure:
      state === 'failed'
        ? {
            code: toText(row['detail_code']) ?? 'INTERNAL_SERVER_ERROR',
            title: toText(row['error_message']) ?? '',
          }
        : null,
    queuedReason: toText(row['queued_reason']),
    runUrl: null,
    hasResults: state === 'completed',
  }
}

/** What became of a page, by its number. */
export type PageEnds = Map<number, FailedPageView | 'o'>

/** Notes the end of a page, as rows of pages and the socket tell it. */
export function notePage(ends: PageEnds, value: unknown): void {
  const row = toObject(value)
  const page = toCount(row['page_number'])
  if (page === 0) return
  if (row['status'] === 'completed') ends.set(page, 'o')
  if (row['status'] === 'failed')
    ends.set(page, { page, code: toText(row['detail_code']) ?? 'INTERNAL_SERVER_ERROR' })
}

/** A task with what is known of its pages. */
export function withPages(task: DocumentView, ends: PageEnds): DocumentView {
  const { total } = task.pages
  if (ends.size === 0 || total === 0) return task
  const failedPages = [...ends.values()].filter((end) => end !== 'o')
  const marks = Array.from({ length: Math.min(total, MAX_MARKS) }, (_, place) => {
    const end = ends.get(place + 1)
    if (end === undefined) return '.'
    return end === 'o' ? 'o' : 'f'
  }).join('')
  return { ...task, marks, failedPages: failedPages.sort((a, b) => a.page - b.page) }
}

/** More pages than any document may have. */
const MAX_MARKS = 100_000

/** Reads the pages of an ended task. */
export function readPageEnds(answer: unknown): PageEnds {
  const ends: PageEnds = new Map()
  for (const row of toItems(toObject(toObject(answer)['data'])['pages'])) notePage(ends, row)
  return ends
}
