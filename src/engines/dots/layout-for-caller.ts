import type { LayoutCell } from './layout-cell.ts'
import { parseLayout } from './layout-json.ts'
import { toPagePixels, type SeenPage } from './seen-page.ts'

/** How a layout is written for a caller. */
export type CallersLayout = {
  readonly page: SeenPage
  /** `false`: the prompt asked for places only. */
  readonly hasText: boolean
}

/**
 * A layout that a model answered as a JSON array of its cells, `{"bbox", "category", "text"}` less
 * what a cell has not, with boxes in pixels of the page's image. Mended where it is for certain what
 * was meant.
 *
 * @returns `null` when there are no cells in it, or when some of it would be lost
 */
export function layoutForCaller(answer: string, layout: CallersLayout): string | null {
  const parsed = parseLayout(answer)
  if (parsed === null || parsed.isIncomplete || parsed.cells.length === 0) return null
  return JSON.stringify(parsed.cells.map((cell) => toJson(cell, layout)))
}

function toJson({ bbox, category, text }: LayoutCell, { page, hasText }: CallersLayout): object {
  return {
    ...(bbox?.length === 4 ? { bbox: toPagePixels(bbox, page) } : {}),
    ...(category === null ? {} : { category }),
    ...(text === null || !hasText ? {} : { text }),
  }
}
