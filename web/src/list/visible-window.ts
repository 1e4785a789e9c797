/** Which rows of a long list are in view, and how high the space for the others is. */
export type VisibleWindow = {
  readonly first: number
  /** Exclusive. */
  readonly end: number
  readonly abovePx: number
  readonly belowPx: number
}

/** Lists up to this long are drawn whole. */
export const MAX_WHOLE_ROWS = 100

/** Rows kept on both sides, so that a quick scroll or the Tab key finds them. */
const SPARE_ROWS = 10

/**
 * The rows to draw.
 *
 * @param geometry.topPx where the list begins, from the top of the view: negative once scrolled
 * @param before Which ones are drawn; stays while nothing can be measured, as in a hidden list
 */
export function visibleWindow(
  rows: number,
  geometry: { readonly topPx: number; readonly viewPx: number; readonly rowPx: number },
  before: VisibleWindow = { first: 0, end: MAX_WHOLE_ROWS, abovePx: 0, belowPx: 0 },
): VisibleWindow {
  const { topPx, viewPx, rowPx } = geometry
  if (rows <= MAX_WHOLE_ROWS) return { first: 0, end: rows, abovePx: 0, belowPx: 0 }
  if (rowPx <= 0) return before
  const inView = Math.ceil(viewPx / rowPx) + 2 * SPARE_ROWS
  const first = Math.max(0, Math.min(Math.floor(-topPx / rowPx) - SPARE_ROWS, rows - inView))
  const end = Math.min(rows, first + inView)
  return { first, end, abovePx: first * rowPx, belowPx: (rows - end) * rowPx }
}
