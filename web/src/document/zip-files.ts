import type { DocumentsApi } from '../api/documents-api.ts'
import { downloadName } from './download-name.ts'
import { pictureUrls } from './page-content.ts'

/** A file of the archive. */
export type ZipFile = { readonly name: string; readonly input: string | Response }

/** What is packed. */
export type ZipSource = {
  readonly api: Pick<DocumentsApi, 'page' | 'result'>
  readonly id: string
  readonly fileName: string
  /** Fetches a picture; rejects where it is not to be had. */
  readonly fetchPicture: (url: string) => Promise<Response>
}

/** A page of the Markdown with a picture. Both numbers are bounded, as is their count by the text. */
const PICTURE = /\]\((images\/(\d{1,6})_\d{1,6}\.png)\)/g

/**
 * The files of a document, one after the other as they are fetched: text, JSON, Markdown and the
 * pictures that the Markdown links to, under the paths that it links to.
 */
export async function* zipFiles({
  api,
  id,
  fileName,
  fetchPicture,
}: ZipSource): AsyncGenerator<ZipFile> {
  const markdown = await api.result(id, 'markdown')
  yield { name: downloadName(fileName, 'md'), input: markdown }
  yield { name: downloadName(fileName, 'txt'), input: await api.result(id, 'text') }
  yield { name: downloadName(fileName, 'json'), input: await api.result(id, 'json') }
  const paths = Map.groupBy(markdown.matchAll(PICTURE), ([, , page]) => Number(page))
  for (const [page, links] of paths) {
    const view = await api.page(id, page)
    const urls = view === null ? new Map<string, string>() : pictureUrls(view)
    for (const path of new Set(links.map(([, path = '']) => path))) {
      const url = urls.get(path)
      if (url !== undefined) yield { name: path, input: await fetchPicture(url) }
    }
  }
}
