import { BLOCK_CATEGORIES } from '../../../src/contract/page.ts'
import type { BlockView, PageView } from '../model.ts'
import { toCount, toItems, toObject, toText } from './read-json.ts'

/**
 * Reads the JSON of a page, which is the same in every API that gives it.
 *
 * @param documentUrl Where its pictures are found below
 */
export function readPage(value: unknown, documentUrl: string): PageView {
  const body = toObject(value)
  const outcome = body['outcome']
  return {
    page: toCount(body['page']),
    outcome: outcome === 'empty' || outcome === 'degraded' ? outcome : 'ok',
    engine: toText(body['engine']) ?? '',
    width: toCount(body['width']),
    height: toCount(body['height']),
    text: toText(body['text']) ?? '',
    markdown: toText(body['markdown']) ?? '',
    blocks: toItems(body['blocks']).flatMap((block) => readBlock(block, documentUrl) ?? []),
    markup: body['markup'] === 'markdown' ? 'markdown' : 'plain',
    warnings: toItems(body['warnings']).filter((warning) => typeof warning === 'string'),
    json: value,
  }
}

/** A block without a place cannot be shown on the page; its text is in that of the page. */
function readBlock(value: unknown, documentUrl: string): BlockView | null {
  const block = toObject(value)
  const [left, top, right, bottom] = toItems(block['bbox'])
  if (!isLength(left) || !isLength(top) || !isLength(right) || !isLength(bottom)) return null
  const { confidence } = block
  const image = toText(block['image'])
  return {
    bbox: [left, top, right, bottom],
    category: BLOCK_CATEGORIES.find((category) => category === block['category']) ?? 'text',
    text: toText(block['text']) ?? '',
    confidence: typeof confidence === 'number' ? confidence : null,
    imageUrl: image !== null && /^images\/[\w.-]+$/.test(image) ? `${documentUrl}/${image}` : null,
  }
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
