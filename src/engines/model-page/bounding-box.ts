import type { BoundingBox } from '../../contract/page.ts'

/** Width and height of an image, in pixels. */
export type ImageSize = { readonly widthPx: number; readonly heightPx: number }

/** The box of all that is on a page, for a block whose place is not known. */
export function wholePage({ widthPx, heightPx }: ImageSize): BoundingBox {
  return [0, 0, widthPx, heightPx]
}

/**
 * A model's four numbers as a box in whole pixels: clipped to the page, rounded outwards, swapped
 * corners mended. `null` when they cannot be a place on it: not four finite numbers, outside, or
 * without an area.
 */
export function usableBox(numbers: unknown, page: ImageSize): BoundingBox | null {
  if (!Array.isArray(numbers) || numbers.length !== 4 || !numbers.every(isFiniteNumber)) return null
  const [left, right] = clippedSpan([numbers[0], numbers[2]], page.widthPx)
  const [top, bottom] = clippedSpan([numbers[1], numbers[3]], page.heightPx)
  return right > left && bottom > top ? [left, top, right, bottom] : null
}

function clippedSpan(ends: (number | undefined)[], sizePx: number): [number, number] {
  const [a = 0, b = 0] = ends
  const clip = (value: number): number => Math.min(sizePx, Math.max(0, value))
  return [clip(Math.floor(Math.min(a, b))), clip(Math.ceil(Math.max(a, b)))]
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}
