import type { BlockCategory } from '../../../src/contract/page.ts'
import type { BlockView, PageView } from '../model.ts'

/** The box of a block on the page image, in its pixels. */
export type PageBox = {
  /** Place of the block in the page, from 0. */
  readonly block: number
  readonly category: BlockCategory
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Most blocks that are drawn of one page; no printed page has as many. */
export const MAX_BLOCKS = 2_000

/**
 * The boxes of a page, largest first, so that a small one lies above the one around it and can be
 * pointed at. Boxes are cut at the edges of the page; what lies outside of it has none.
 */
export function pageBoxes({ blocks, width, height }: PageView): PageBox[] {
  return blocks
    .slice(0, MAX_BLOCKS)
    .flatMap((block, place) => boxOf(block, { place, width, height }))
    .toSorted((one, other) => other.width * other.height - one.width * one.height)
}

/** Categories of the blocks of a page with their number, the most frequent first. */
export function categoryCounts(blocks: readonly BlockView[]): [BlockCategory, number][] {
  const counts = new Map<BlockCategory, number>()
  for (const { category } of blocks) counts.set(category, (counts.get(category) ?? 0) + 1)
  return [...counts].toSorted(([, one], [, other]) => other - one)
}

function boxOf(
  { bbox, category }: BlockView,
  { place, width, height }: { place: number; width: number; height: number },
): PageBox[] {
  const [left, top] = [Math.max(0, bbox[0]), Math.max(0, bbox[1])]
  const [right, bottom] = [Math.min(width, bbox[2]), Math.min(height, bbox[3])]
  if (!(right > left) || !(bottom > top)) return []
  return [{ block: place, category, left, top, width: right - left, height: bottom - top }]
}
