import {
  median,
  quadSize,
  rectangleAround,
  type Point,
  type Quad,
  type Rectangle,
} from './text-line.ts'

// Shorter boxes tell the angle badly: one pixel of a corner is already half a degree.
const LONG_BOX_RATIO = 6

/**
 * Angle of the lines of a page against the horizontal, in radians, clockwise positive.
 *
 * The median of the long boxes gives it within 0.1 degrees; 0 when there is no long box.
 */
export function skewOf(quads: readonly Quad[]): number {
  const angles = quads
    .filter((quad) => {
      const { widthPx, heightPx } = quadSize(quad)
      return widthPx > LONG_BOX_RATIO * heightPx
    })
    .map(([topLeft, topRight]) => Math.atan2(topRight.y - topLeft.y, topRight.x - topLeft.x))
  return median(angles)
}

/** Upright rectangle of a line after its page was turned back by the skew (about the origin). */
export function levelRectangle(quad: Quad, skewRadians: number): Rectangle {
  const cos = Math.cos(-skewRadians)
  const sin = Math.sin(-skewRadians)
  const level = ({ x, y }: Point): Point => ({ x: x * cos - y * sin, y: x * sin + y * cos })
  return rectangleAround(quad.map(level))
}
