import { hasEnded } from '../../../../src/contract/document-status.ts'
import type { LiveEvent } from '../../live/live-source.ts'
import type { SocketSession } from '../../live/socket-transport.ts'
import type { DocumentView, RunningPage } from '../../model.ts'
import { toCount, toObject, toText, type Json } from '../read-json.ts'
import { notePage, readTask, toState, withPages, type PageEnds } from './read-task.ts'

/** What was told before is told page by page, so what comes close together is passed on as one. */
const FLUSH_MS = 50

const ENDS = new Set(['task_completed', 'task_failed', 'task_cancelled'])

type Followed = {
  task: DocumentView | null
  readonly ends: PageEnds
  readonly retries: Map<number, RunningPage>
  currentPage: number
}

/** How the socket of tasks is talked to: a row of each task first, then what happens to it. */
export function joinTaskSocket(emit: (event: LiveEvent) => void): SocketSession {
  const followed = new Map<string, Followed>()
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = (): void => {
    timer = undefined
    for (const id of changed) {
      const document = toDocument(followed.get(id))
      if (document !== null) emit({ kind: 'document', document })
    }
    changed.clear()
  }
  return {
    follow(id) {
      followed.set(id, { task: null, ends: new Map(), retries: new Map(), currentPage: 0 })
      return [
        { type: 'get_task_status', task_id: id },
        { type: 'subscribe_task', task_id: id },
      ]
    },
    unfollow(id) {
      followed.delete(id)
      return [{ type: 'unsubscribe_task', task_id: id }]
    },
    take(value) {
      const message = toObject(value)
      const id = toText(message['task_id']) ?? ''
      const one = followed.get(id)
      if (one === undefined) return []
      const type = toText(message['type']) ?? ''
      note(one, type, message)
      changed.add(id)
      timer ??= setTimeout(flush, FLUSH_MS)
      // The end is told with its sums only; the row has the rest.
      return ENDS.has(type) ? [{ type: 'get_task_status', task_id: id }] : []
    },
    leave: () => clearTimeout(timer),
  }
}

function note(one: Followed, type: string, message: Json): void {
  const data = toObject(message['data'])
  switch (type) {
    case 'task_status_response':
      one.task = readTask(message['task_info']) ?? one.task
      break
    case 'task_progress':
      one.currentPage = toCount(data['current_page'])
      one.task = one.task && withProgress(one.task, data)
      break
    case 'page_completed':
      notePage(one.ends, data)
      break
    case 'page_retry': {
      const page = toCount(data['page_number'])
      const attempt = toCount(data['retry_count']) + 1
      one.retries.set(page, { page, attempt, code: toText(data['retry_reason']) })
      break
    }
  }
}

/** Ends are left to the row, which tells why, and whether there is a result. */
function withProgress(task: DocumentView, data: Json): DocumentView {
  const state = toState(data['status'])
  if (hasEnded(task.state) || hasEnded(state)) return task
  const done = toCount(data['processed_pages'])
  const failed = toCount(data['failed_pages'])
  // 1 may also say that the pages were not counted yet.
  const told = toCount(data['total_pages'])
  const total = told > 1 || done > 0 || state === 'processing' ? told : task.pages.total
  return {
    ...task,
    state,
    startedAtMs: task.startedAtMs ?? (state === 'processing' ? Date.now() : null),
    pages: { total, done, ok: Math.max(0, done - failed), empty: 0, degraded: 0, failed },
  }
}

function toDocument(one: Followed | undefined): DocumentView | null {
  if (!one?.task) return null
  const document = withPages(one.task, one.ends)
  if (document.state !== 'processing') return document
  const running = new Map(one.retries)
  const { currentPage } = one
  if (currentPage > 0 && !running.has(currentPage))
    running.set(currentPage, { page: currentPage, attempt: 1, code: null })
  return { ...document, running: [...running.values()].filter(({ page }) => !one.ends.has(page)) }
}
