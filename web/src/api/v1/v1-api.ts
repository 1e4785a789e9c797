import type { DocumentsApi } from '../documents-api.ts'
import { fetchJson, partOf } from '../http.ts'
import { toItems, toObject, toText } from '../read-json.ts'
import { listUrl } from './list-url.ts'
import { readConfig } from './read-config.ts'
import type { V1Documents } from './v1-documents.ts'

/**
 * The product's own API. What deals with single documents is loaded once there is one.
 *
 * @param root Path that it is mounted at, or a whole origin
 */
export function createV1Api(root: string): DocumentsApi {
  const documentsUrl = `${root}/v1/documents`
  const urlOf = (id: string): string => `${documentsUrl}/${encodeURIComponent(id)}`
  const documents = (): Promise<V1Documents> =>
    partOf(import('./v1-documents.ts')).then((part) => part.createV1Documents(root, urlOf))
  return {
    can: { takeUrls: true, chooseEngine: true, choosePages: true, remove: true, runAgain: true },
    config: () => fetchJson(`${root}/v1/config`).then(readConfig),
    session: () => Promise.resolve(null),
    logIn: (key) => documents().then((all) => all.logIn(key)),
    logOut: () => documents().then((all) => all.logOut()),
    async list(query) {
      const body = toObject(await fetchJson(listUrl(documentsUrl, query)))
      if (toItems(body['documents']).length > 0) return (await documents()).readList(body, query)
      return { documents: [], nextCursor: toText(body['next_cursor']) }
    },
    get: (id) => documents().then((all) => all.get(id)),
    submit: (submission, progress) => documents().then((all) => all.submit(submission, progress)),
    cancel: (id) => documents().then((all) => all.cancel(id)),
    remove: (id) => documents().then((all) => all.remove(id)),
    runAgain: (id) => documents().then((all) => all.runAgain(id)),
    page: (id, page) => documents().then((all) => all.page(id, page)),
    pageImageUrl: (id, page) => `${urlOf(id)}/pages/${page}/image`,
    resultUrl: (id, format) => `${urlOf(id)}/result?format=${format}`,
    result: (id, format) => documents().then((all) => all.result(id, format)),
    live: () => documents().then((all) => all.live()),
  }
}
