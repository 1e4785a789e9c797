import type { DocumentView } from '../../model.ts'
import type { DocumentsApi } from '../documents-api.ts'
import { failure, fetchJson, fetchText, orNull, partOf } from '../http.ts'
import { parseJson, toItems, toObject, toText } from '../read-json.ts'
import { readPageEnds, readTask, withPages } from './read-task.ts'

const RESULT_TIMEOUT_MS = 120_000

/** What Qianxia can do with single tasks. */
export type QianxiaTasks = Pick<
  DocumentsApi,
  'get' | 'submit' | 'cancel' | 'page' | 'result' | 'live'
> & {
  /** Reads rows of the list. */
  readonly readRows: (rows: readonly unknown[]) => DocumentView[]
}

/** Where tasks are found. Both bases have the path password. */
export type QianxiaPlaces = {
  readonly baseUrl: string
  /** On the origin of the page. */
  readonly ownUrl: string
  readonly ownUrlOf: (id: string) => string
}

/** Tasks of Qianxia. */
export function createQianxiaTasks({ baseUrl, ownUrl, ownUrlOf }: QianxiaPlaces): QianxiaTasks {
  const tasksUrl = `${baseUrl}/api/tasks`
  const urlOf = (id: string): string => `${tasksUrl}/${encodeURIComponent(id)}`
  const get = async (id: string): Promise<DocumentView | null> => {
    const answer = await orNull(fetchJson(`${urlOf(id)}/progress`))
    return answer === null ? null : readTask(toObject(dataOf(answer))['task_info'])
  }
  const listNewest = async (limit: number): Promise<DocumentView[]> =>
    readRows(toItems(dataOf(await fetchJson(`${tasksUrl}?limit=${limit}`))))
  return {
    readRows,
    /** Of an ended task, the socket tells nothing more, so its pages are asked for. */
    async get(id) {
      const task = await get(id)
      if (task?.endedAtMs == null) return task
      const options = { timeoutMs: RESULT_TIMEOUT_MS }
      const pages = await orNull(fetchJson(`${urlOf(id)}/pages`, options))
      return withPages(task, readPageEnds(pages))
    },
    async submit({ source }, { signal, onSent, idempotencyKey }) {
      if (!('file' in source))
        throw failure('METHOD_NOT_ALLOWED', 'The service does not offer this')
      const { file } = source
      const { sendFile } = await partOf(import('../upload.ts'))
      const url = `${tasksUrl}/${(await isPdf(file)) ? 'pdf' : 'image'}`
      const answer = await sendFile({ url, file, fields: {}, signal, onSent, idempotencyKey })
      const id = toText(toObject(answer)['task_id'])
      if (!id) throw failure('SERVICE_UNAVAILABLE', 'The answer names no task')
      return id
    },
    async cancel(id) {
      await fetchText(`${urlOf(id)}/cancel`, { method: 'POST' })
    },
    async page(id, page) {
      const body = await orNull(fetchText(`${urlOf(id)}/pages/${page}/view`), [400, 404, 409])
      if (body === null) return null
      return (await partOf(import('../read-page.ts'))).readPage(parseJson(body), ownUrlOf(id))
    },
    async result(id, format) {
      const options = { timeoutMs: RESULT_TIMEOUT_MS }
      if (format === 'json') return fetchText(`${urlOf(id)}/export?format=json`, options)
      // Exported Markdown has a heading of its own.
      const answer = toObject(dataOf(await fetchJson(`${urlOf(id)}/result`, options)))
      return toText(answer['content']) ?? ''
    },
    live: async () =>
      (await partOf(import('./qianxia-live.ts'))).createQianxiaLive({ ownUrl, listNewest, get }),
  }
}

function readRows(rows: readonly unknown[]): DocumentView[] {
  return rows.flatMap((row) => readTask(row) ?? [])
}

function dataOf(answer: unknown): unknown {
  return toObject(answer)['data']
}

/** The routes for images and PDFs differ, and go by content. */
async function isPdf(file: File): Promise<boolean> {
  return (await file.slice(0, 1024).text()).includes('%PDF-')
}
