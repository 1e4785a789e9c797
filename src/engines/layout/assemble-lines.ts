import type { Block } from '../../contract/page.ts'
import { blocksOf } from './paragraphs.ts'
import { readingOrder } from './reading-order.ts'
import { levelRectangle, skewOf } from './skew.ts'
import type { TextLine } from './text-line.ts'

/**
 * Puts the lines of a page in reading order and joins them to blocks.
 *
 * Only the boxes that are compared are turned level; the blocks' boxes are those of the image.
 */
export function assembleLines(lines: readonly TextLine[]): Block[] {
  const skewRadians = skewOf(lines.map(({ quad }) => quad))
  const placed = lines.map((line) => ({ line, box: levelRectangle(line.quad, skewRadians) }))
  return blocksOf(readingOrder(placed))
}
