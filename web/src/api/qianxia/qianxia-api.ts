import type { Session } from '../../model.ts'
import type { DocumentsApi } from '../documents-api.ts'
import { failure, fetchJson, orNull, partOf } from '../http.ts'
import { toCount, toItems, toObject, toText, type Json } from '../read-json.ts'
import { passwordPath } from './path-password.ts'
import type { QianxiaTasks } from './qianxia-tasks.ts'

const LIST_LIMIT = 20
/** Of the tasks that have not ended, all: more do not run at once. */
const RUNNING_LIMIT = 100
const ACCEPT = '.pdf,.png,.jpg,.jpeg,.gif,.bmp,.webp'
const EXTENSION = { text: 'txt', markdown: 'md', json: 'json' } as const

/**
 * Qianxia's API, below the path password that the address of the page has. What deals with single
 * tasks is loaded once there is one.
 *
 * @param root Path that it is mounted at
 * @param backUrl Where requests go that may take long, in place of the own origin and the root
 */
export function createQianxiaApi(
  root: string,
  backUrl: string | undefined,
  place: Pick<Location, 'origin' | 'pathname'> = location,
): DocumentsApi {
  const password = passwordPath(place.pathname, root)
  // Images, links and the socket stay on the origin of the page: its policy allows no other.
  const ownUrl = `${place.origin}${root}${password}`
  const baseUrl = backUrl ? backUrl.replace(/\/+$/, '') + password : ownUrl
  const ownUrlOf = (id: string): string => `${ownUrl}/api/tasks/${encodeURIComponent(id)}`
  const tasks = (): Promise<QianxiaTasks> =>
    partOf(import('./qianxia-tasks.ts')).then((part) =>
      part.createQianxiaTasks({ baseUrl, ownUrl, ownUrlOf }),
    )
  const listRows = async (limits: Record<string, string>): Promise<readonly unknown[]> => {
    const query = new URLSearchParams(limits).toString()
    return toItems(toObject(await fetchJson(`${baseUrl}/api/tasks?${query}`))['data'])
  }

  return {
    can: {
      takeUrls: false,
      chooseEngine: false,
      choosePages: false,
      remove: false,
      runAgain: false,
    },
    config: () =>
      Promise.resolve({
        version: '',
        title: globalThis.document?.documentElement.dataset['title'] ?? 'OCR',
        // The service says so itself when a file is larger than it takes.
        maxUploadBytes: Infinity,
        maxPages: Infinity,
        accept: ACCEPT,
        engines: [],
        languages: [],
        caller: null,
        temporalUiUrl: null,
      }),
    async session() {
      const answer = await orNull(fetchJson(`${baseUrl}/api/user/current`), [401])
      return toSession(toObject(toObject(answer)['data']), `${root}/login`)
    },
    logIn: null,
    logOut: notOffered,
    async list({ cursor, state }) {
      const isRunning = state === 'processing'
      const limit = isRunning ? RUNNING_LIMIT : LIST_LIMIT
      const offset = Number(cursor ?? 0)
      const limits = { limit: String(limit), ...(!isRunning && { offset: String(offset) }) }
      // To the service, what waits is a state of its own.
      const states = isRunning ? ['pending', state] : [state]
      const lists = await Promise.all(
        states.map((status) => listRows(status === null ? limits : { ...limits, status })),
      )
      const rows = lists.flat()
      return {
        documents: rows.length > 0 ? (await tasks()).readRows(rows) : [],
        nextCursor: isRunning || rows.length < limit ? null : String(offset + limit),
      }
    },
    get: (id) => tasks().then((all) => all.get(id)),
    submit: (submission, progress) => tasks().then((all) => all.submit(submission, progress)),
    cancel: (id) => tasks().then((all) => all.cancel(id)),
    remove: notOffered,
    runAgain: notOffered,
    page: (id, page) => tasks().then((all) => all.page(id, page)),
    pageImageUrl: (id, page) => `${ownUrlOf(id)}/pages/${page}/image`,
    resultUrl: (id, format) => `${ownUrlOf(id)}/export?format=${EXTENSION[format]}`,
    result: (id, format) => tasks().then((all) => all.result(id, format)),
    live: () => tasks().then((all) => all.live()),
  }
}

function toSession(user: Json, loginUrl: string): Session {
  const quota = toObject(user['quota'])
  return {
    user: toText(user['username']),
    loginUrl,
    usedPages: toCount(quota['used_pages']),
    totalPages: toCount(quota['total_pages']) || null,
  }
}

function notOffered(): Promise<never> {
  return Promise.reject(failure('METHOD_NOT_ALLOWED', 'The service does not offer this'))
}
