import { hasEnded } from '../../../../src/contract/document-status.ts'
import type { DocumentView } from '../../model.ts'
import type { DocumentList, DocumentsApi, ListQuery } from '../documents-api.ts'
import { failure, fetchJson, fetchText, orNull, partOf } from '../http.ts'
import { parseJson, toItems, toObject, toText, type Json } from '../read-json.ts'
import { listUrl } from './list-url.ts'
import { readDocument } from './read-document.ts'

const RESULT_TIMEOUT_MS = 120_000

/** What `/v1` can do with single documents. */
export type V1Documents = Pick<
  DocumentsApi,
  'get' | 'submit' | 'cancel' | 'remove' | 'runAgain' | 'page' | 'result' | 'live' | 'logOut'
> & {
  readonly logIn: (key: string) => Promise<void>
  /** Reads an answer that lists documents. */
  readonly readList: (body: Json, query: ListQuery) => DocumentList
}

/** Documents of `/v1`. @param urlOf Address of one */
export function createV1Documents(root: string, urlOf: (id: string) => string): V1Documents {
  const documentsUrl = `${root}/v1/documents`
  const sessionUrl = `${root}/v1/session`
  const get = async (id: string): Promise<DocumentView | null> => {
    const body = await orNull(fetchJson(urlOf(id)))
    return body === null ? null : readDocument(body)
  }
  const list = async (query: ListQuery, limit: number): Promise<DocumentList> =>
    readList(toObject(await fetchJson(listUrl(documentsUrl, query, limit))), query)
  const sending = () => partOf(import('./send-document.ts'))
  return {
    get,
    readList,
    async logIn(key) {
      const headers = { 'content-type': 'application/json' }
      await fetchText(sessionUrl, {
        method: 'POST',
        headers,
        body: JSON.stringify({ api_key: key }),
      })
      const isKept = await orNull(fetchText(`${root}/v1/config`), [401])
      if (isKept === null) throw failure('KEY_NOT_KEPT', 'The browser has not kept the cookie')
    },
    async logOut() {
      await fetchText(sessionUrl, { method: 'DELETE' })
    },
    submit: async (submission, progress) =>
      (await sending()).sendDocument(documentsUrl, submission, progress),
    async cancel(id) {
      await fetchText(`${urlOf(id)}/cancel`, { method: 'POST' })
    },
    async remove(id) {
      await orNull(fetchText(urlOf(id), { method: 'DELETE' }))
    },
    runAgain: async (id) => (await sending()).sendAgain(`${urlOf(id)}/rerun`),
    async page(id, page) {
      // 409: not read yet.
      const body = await orNull(fetchText(`${urlOf(id)}/pages/${page}`), [404, 409])
      if (body === null) return null
      return (await partOf(import('../read-page.ts'))).readPage(parseJson(body), urlOf(id))
    },
    result: (id, format) =>
      fetchText(`${urlOf(id)}/result?format=${format}`, { timeoutMs: RESULT_TIMEOUT_MS }),
    live: async () =>
      (await partOf(import('./v1-live.ts'))).createV1Live({ root, urlOf, list, get }),
  }
}

function readList(body: Json, { state }: ListQuery): DocumentList {
  const documents = toItems(body['documents']).flatMap((item) => readDocument(item) ?? [])
  const isWhole = state === 'processing' && documents.some((one) => hasEnded(one.state))
  return { documents, nextCursor: isWhole ? null : toText(body['next_cursor']) }
}
