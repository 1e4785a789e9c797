import type { PageNumber } from '../contract/identifiers.ts'
import { toPageJson } from '../contract/page-json.ts'
import type { FailedPage, PageRecord } from '../contract/page.ts'

/** A page that was still waiting when a cancelled document ended. */
export type UnreadPage = { readonly page: PageNumber; readonly isUnread: true }

/** What a result is made of: the selected pages in page order, each as it ended. */
export type ResultPage = PageRecord | FailedPage | UnreadPage

/** What a result says of the whole document. */
export type ResultHead = {
  readonly documentId: string
  readonly engine: string
  /** Pages that were selected. */
  readonly totalPages: number
  readonly deliveredPages: number
  readonly failed: readonly FailedPage[]
}

/**
 * Writes a result page by page, so that thousands of pages never stand in memory together. Pieces
 * are joined as they come: `start`, one `page` each (`place` counts from 0), `end`, when it is known
 * of every page how it ended.
 */
export type ResultFormatter = {
  readonly start: (head: ResultHead) => string
  readonly page: (page: ResultPage, place: number) => string
  readonly end: (head: ResultHead) => string
}

const nothing = (): string => ''

/** Plain text, pages separated by a form feed; a page without text keeps its place. */
export const formFeedText: ResultFormatter = {
  start: nothing,
  page: (page, place) => (place === 0 ? '' : '\f') + ('text' in page ? `${page.text}\n` : ''),
  end: nothing,
}

/** Markdown, pages separated by a rule; a failed page is a comment, since an error is no content. */
export const markdown: ResultFormatter = {
  start: nothing,
  page: (page, place) => {
    const rule = place === 0 ? '' : '\n---\n\n'
    if ('code' in page) return `${rule}<!-- page ${page.page} failed: ${page.code} -->\n`
    if ('isUnread' in page) return `${rule}<!-- page ${page.page} was not read -->\n`
    return `${rule}${page.markdown}\n`
  },
  end: nothing,
}

/** The layout as JSON: every page with its blocks. */
export const layoutJson: ResultFormatter = {
  start: ({ documentId, engine, totalPages }) =>
    `{"document_id":${JSON.stringify(documentId)},"engine":${JSON.stringify(engine)},` +
    `"total_pages":${totalPages},"pages":[\n`,
  page: (page, place) => (place === 0 ? '' : ',\n') + JSON.stringify(pageJson(page)),
  end: ({ failed }) => `\n],"failed_pages":${JSON.stringify(failed)}}\n`,
}

/** The result text as Py OCR documents it: a heading per page, a summary when pages failed. */
export const pyOcrText: ResultFormatter = {
  start: nothing,
  page: (page, place) => {
    const gap = place === 0 ? '' : '\n\n'
    if ('code' in page) return `${gap}--- 第${page.page}页（处理失败）---`
    if ('isUnread' in page) return `${gap}--- 第${page.page}页（未处理）---`
    return `${gap}--- 第${page.page}页 ---\n${page.text}`
  },
  end: ({ totalPages, deliveredPages, failed }) =>
    failed.length === 0
      ? '\n'
      : `\n\n--- 处理摘要 ---\n总页数: ${totalPages}\n成功页数: ${deliveredPages}\n` +
        `失败页数: ${failed.length}\n失败页码: ${failed.map(({ page }) => page).join(', ')}\n`,
}

function pageJson(page: ResultPage) {
  if ('code' in page) return { page: page.page, outcome: 'failed', code: page.code }
  if ('isUnread' in page) return { page: page.page, outcome: 'unread' }
  return toPageJson(page)
}
