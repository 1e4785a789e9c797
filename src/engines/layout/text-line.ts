/** A point in pixels of the page image, origin top-left. */
export type Point = { readonly x: number; readonly y: number }

/** Corners of a line of text, clockwise in reading direction: its first corner is where it starts. */
export type Quad = readonly [Point, Point, Point, Point]

/** An upright rectangle in pixels. */
export type Rectangle = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** One recognized line. `confidence` is 0 to 1. */
export type TextLine = {
  readonly quad: Quad
  readonly text: string
  readonly confidence: number
}

/** Anything with a place on the page. */
export type Placed = { readonly box: Rectangle }

/** The smallest upright rectangle around some corners. */
export function rectangleAround(corners: readonly Point[]): Rectangle {
  const xs = corners.map((corner) => corner.x)
  const ys = corners.map((corner) => corner.y)
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  }
}

/** The smallest rectangle around others. */
export function rectangleUnion(rectangles: readonly Rectangle[]): Rectangle {
  return {
    left: Math.min(...rectangles.map((rectangle) => rectangle.left)),
    top: Math.min(...rectangles.map((rectangle) => rectangle.top)),
    right: Math.max(...rectangles.map((rectangle) => rectangle.right)),
    bottom: Math.max(...rectangles.map((rectangle) => rectangle.bottom)),
  }
}

/** Length of the upper edge and of the left edge of a quadrilateral, in pixels. */
export function quadSize(quad: Quad): { readonly widthPx: number; readonly heightPx: number } {
  const [topLeft, topRight, , bottomLeft] = quad
  return {
    widthPx: Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y),
    heightPx: Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y),
  }
}

/** Middle value; of an even count the lower one of both. 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1] ?? 0
}
