import type { ImageSize } from '../model-page/bounding-box.ts'

/** The page's image, and the size in which the model saw it. */
export type SeenPage = { readonly image: ImageSize; readonly sent: ImageSize }

/** A box of the model's in pixels of the page's image; unchecked, of any length. */
export function toPagePixels(bbox: readonly number[], { image, sent }: SeenPage): number[] {
  return scaled(bbox, sent.widthPx / image.widthPx, sent.heightPx / image.heightPx)
}

/** A box on the page's image in pixels of what the model sees; unchecked, of any length. */
export function toSentPixels(bbox: readonly number[], { image, sent }: SeenPage): number[] {
  return scaled(bbox, image.widthPx / sent.widthPx, image.heightPx / sent.heightPx)
}

function scaled(bbox: readonly number[], scaleX: number, scaleY: number): number[] {
  // Towards zero, as the model's own code does.
  return bbox.map((value, place) => Math.trunc(value / (place % 2 === 0 ? scaleX : scaleY)))
}
