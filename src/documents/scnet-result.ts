import type { Block, BlockCategory } from '../contract/page.ts'
import type { ResultFormatter, ResultPage } from './result-formats.ts'

/**
 * The result file of the SCNet dialect up to its last value, the Markdown of the whole document, which
 * follows from {@link endWithString}.
 *
 * `bbox` is in pixels of `width` × `height`. A page that is not there as it should be has a `status`
 * besides; without its text, it has no size either.
 */
export const scnetJson: ResultFormatter = {
  start: ({ documentId }) => `{"task_id":${JSON.stringify(documentId)},"pages":[\n`,
  page: (page, place) => (place === 0 ? '' : ',\n') + JSON.stringify(toScnetPage(page)),
  end: () => '\n],"markdown":',
}

/**
 * A JSON string, piece by piece, of a text that is too long to be held; the object ends with it.
 *
 * @param text in pieces that do not cut a character in two
 */
export async function* endWithString(text: AsyncIterable<string>): AsyncGenerator<string> {
  yield '"'
  for await (const piece of text) yield JSON.stringify(piece).slice(1, -1)
  yield '"}\n'
}

function toScnetPage(page: ResultPage) {
  if ('code' in page) return { ...EMPTY_PAGE, page: page.page, status: 'failed' }
  if ('isUnread' in page) return { ...EMPTY_PAGE, page: page.page, status: 'unread' }
  return {
    page: page.page,
    width: page.widthPx,
    height: page.heightPx,
    markdown: page.markdown,
    layout: page.blocks.map(toLayoutItem),
    ...(page.outcome === 'degraded' ? { status: 'degraded' } : {}),
  }
}

const EMPTY_PAGE = { page: 0, width: 0, height: 0, markdown: '', layout: [] }

function toLayoutItem({ bbox, category, text }: Block) {
  return { bbox, category: toCategoryName(category), text }
}

/** As dots.ocr writes it: `List-item`. */
function toCategoryName(category: BlockCategory): string {
  return category.charAt(0).toUpperCase() + category.slice(1)
}
