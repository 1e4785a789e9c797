import type { BlockView, PageView } from '../../web/src/model.ts'

/** A page of the page: 100 by 200 pixels, plain, without blocks. */
export function pageView(changes: Partial<PageView> = {}): PageView {
  return {
    page: 1,
    outcome: 'ok',
    engine: 'ocr',
    width: 100,
    height: 200,
    text: 'text',
    markdown: 'markdown',
    blocks: [],
    markup: 'plain',
    warnings: [],
    json: {},
    ...changes,
  }
}

/** A block of text in the middle of {@link pageView}. */
export function blockView(changes: Partial<BlockView> = {}): BlockView {
  return {
    bbox: [10, 10, 90, 30],
    category: 'text',
    text: 'a',
    confidence: null,
    imageUrl: null,
    ...changes,
  }
}
