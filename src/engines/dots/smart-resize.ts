import { OcrError } from '../../platform/errors.ts'
import type { ImageSize } from '../model-page/bounding-box.ts'

/** The most pixels that the model takes; 784 of them are one token. */
export const MAX_IMAGE_PIXELS = 11_289_600

const MIN_IMAGE_PIXELS = 3136
// Patches of 14 pixels, merged two by two.
const FACTOR_PX = 28
const MAX_ASPECT_RATIO = 200

/**
 * The size that the model's image processor gives an image: sides that are multiples of 28, 3,136 to
 * `maxPixels` pixels, nearly the same shape. An image that is sent in this size is not resized again,
 * so that the boxes of the answer are pixels of it.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` when one side is more than 200 times the other
 * @see `smart_resize` of Qwen2-VL's image processor, which dots.ocr uses
 */
export function smartResize(size: ImageSize, maxPixels: number = MAX_IMAGE_PIXELS): ImageSize {
  assertShape(size)
  const resized = fit(size, maxPixels)
  // 41 x 8,200 becomes 28 x 8,204, which the server would refuse.
  assertShape(resized)
  return resized
}

function fit(size: ImageSize, maxPixels: number): ImageSize {
  const rounded = eachSide(size, (side) => roundHalfEven(side / FACTOR_PX))
  if (pixelsOf(rounded) > maxPixels) return shrink(size, maxPixels)
  if (pixelsOf(rounded) >= MIN_IMAGE_PIXELS) return rounded
  const scale = Math.sqrt(MIN_IMAGE_PIXELS / pixelsOf(size))
  const grown = eachSide(size, (side) => Math.ceil((side * scale) / FACTOR_PX))
  return pixelsOf(grown) > maxPixels ? shrink(grown, maxPixels) : grown
}

/** Rounds as Python does: halves to the even number. `Math.round` gives other sizes. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}

function assertShape({ widthPx, heightPx }: ImageSize): void {
  const ratio = Math.max(widthPx, heightPx) / Math.min(widthPx, heightPx)
  if (ratio <= MAX_ASPECT_RATIO) return
  const limit = `one side is over ${MAX_ASPECT_RATIO} times the other`
  throw new OcrError('ENGINE_REJECTED_REQUEST', `Cannot resize image: ${limit}`)
}

function shrink(size: ImageSize, maxPixels: number): ImageSize {
  const scale = Math.sqrt(pixelsOf(size) / maxPixels)
  return eachSide(size, (side) => Math.floor(side / scale / FACTOR_PX))
}

function eachSide(size: ImageSize, toFactors: (sidePx: number) => number): ImageSize {
  const resize = (sidePx: number): number => Math.max(1, toFactors(sidePx)) * FACTOR_PX
  return { widthPx: resize(size.widthPx), heightPx: resize(size.heightPx) }
}

function pixelsOf({ widthPx, heightPx }: ImageSize): number {
  return widthPx * heightPx
}
