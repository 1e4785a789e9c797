import { toFailedPageJson, toPageJson } from '../contract/page-json.ts'
import type { FailedPage, PageRecord } from '../contract/page.ts'

/** What a result is made of: delivered and failed pages in page order. */
export type ResultPage = PageRecord | FailedPage

/** What a result says of the whole document. */
export type ResultHead = {
  readonly documentId: string
  readonly engine: string
  /** Pages that were selected. */
  readonly totalPages: number
  readonly failed: readonly FailedPage[]
}

/**
 * Writes a result page by page, so that thousands of pages never stand in memory together. Pieces
 * are joined as they come: `start`, one `page` each (`place` counts from 0), `end`.
 */
export type ResultFormatter = {
  readonly start: (head: ResultHead) => string
  readonly page: (page: ResultPage, place: number) => string
  readonly end: (head: ResultHead) => string
}

const nothing = (): string => ''

/** Plain text, pages separated by a form feed; a failed page is an empty one. */
export const formFeedText: ResultFormatter = {
  start: nothing,
  page: (page, place) => (place === 0 ? '' : '\f') + ('code' in page ? '' : `${page.text}\n`),
  end: nothing,
}

/** Markdown, pages separated by a rule; a failed page is a comment, since an error is no content. */
export const markdown: ResultFormatter = {
  start: nothing,
  page: (page, place) =>
    (place === 0 ? '' : '\n---\n\n') +
    ('code' in page ? `<!-- page ${page.page} failed: ${page.code} -->\n` : `${page.markdown}\n`),
  end: nothing,
}

/** The layout as JSON: every page with its blocks. */
export const layoutJson: ResultFormatter = {
  start: (head) =>
    `{"document_id":${JSON.stringify(head.documentId)},"engine":${JSON.stringify(head.engine)},` +
    `"total_pages":${head.totalPages},"failed_pages":${JSON.stringify(head.failed)},"pages":[\n`,
  page: (page, place) =>
    (place === 0 ? '' : ',\n') +
    JSON.stringify('code' in page ? toFailedPageJson(page) : toPageJson(page)),
  end: () => '\n]}\n',
}

/** The result text as Py OCR documents it: a heading per page, a summary when pages failed. */
export const pyOcrText: ResultFormatter = {
  start: nothing,
  page: (page, place) =>
    (place === 0 ? '' : '\n\n') +
    ('code' in page
      ? `--- 第${page.page}页（处理失败）---`
      : `--- 第${page.page}页 ---\n${page.text}`),
  end: ({ totalPages, failed }) =>
    failed.length === 0
      ? '\n'
      : `\n\n--- 处理摘要 ---\n总页数: ${totalPages}\n成功页数: ${totalPages - failed.length}\n` +
        `失败页数: ${failed.length}\n失败页码: ${failed.map(({ page }) => page).join(', ')}\n`,
}
