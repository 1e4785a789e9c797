import { quadSize, type Quad } from '../layout/text-line.ts'

/** Degrees clockwise that set a page upright. */
export type QuarterTurn = 0 | 90 | 180 | 270

/** How a crop is read: as the package cuts it, or upside down. */
export type CropDirection = 'upright' | 'upside-down'

// Shorter boxes do not tell which way their text runs.
const CLEAR_RATIO = 2

/** Tells whether most text of a page runs up or down, by the summed length of its clear boxes. */
export function runsVertically(quads: readonly Quad[]): boolean {
  let tallPx = 0
  let widePx = 0
  for (const quad of quads) {
    const { widthPx, heightPx } = quadSize(quad)
    if (heightPx > CLEAR_RATIO * widthPx) tallPx += heightPx
    else if (widthPx > CLEAR_RATIO * heightPx) widePx += widthPx
  }
  return tallPx > widePx
}

/** The longest boxes that run along the page's main direction, at most `count` of them. */
export function longestQuads(quads: readonly Quad[], count: number): Quad[] {
  const isVertical = runsVertically(quads)
  const lengthOf = (quad: Quad): number => {
    const { widthPx, heightPx } = quadSize(quad)
    return isVertical ? heightPx - widthPx : widthPx - heightPx
  }
  return quads
    .filter((quad) => lengthOf(quad) > 0)
    .toSorted((a, b) => lengthOf(b) - lengthOf(a))
    .slice(0, count)
}

/**
 * The turn that sets a page upright whose crops are read in that direction.
 *
 * `cropRotated` of paddleocr 1.2.0 turns tall boxes counter-clockwise, so an upright crop of a tall
 * box means that the page has to be turned counter-clockwise, too. Pinned by a test in all four
 * directions.
 */
export function turnFor(isVertical: boolean, direction: CropDirection): QuarterTurn {
  if (isVertical) return direction === 'upright' ? 270 : 90
  return direction === 'upright' ? 0 : 180
}
