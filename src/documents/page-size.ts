import type { DocumentLimits } from './limits.ts'

/** Pixels of a page image, and their resolution. */
export type PageSize = { readonly widthPx: number; readonly heightPx: number; readonly dpi: number }

/**
 * Pixels of a PDF page at the resolution asked for, or at the highest one that the limits allow.
 *
 * @param page size in points (1/72 inch) as displayed
 * @returns `null` when less than `minDpi` (or than was asked for) would be left of it
 */
export function fitPage(
  page: { readonly widthPt: number; readonly heightPt: number },
  dpi: number,
  limits: DocumentLimits,
): PageSize | null {
  const widthInches = page.widthPt / 72
  const heightInches = page.heightPt / 72
  const fittedDpi = Math.min(
    dpi,
    limits.maxPageSidePx / Math.max(widthInches, heightInches),
    Math.sqrt(limits.maxPagePixels / (widthInches * heightInches)),
  )
  // Also false for NaN, which is what an infinite box comes to.
  if (!(fittedDpi >= Math.min(limits.minDpi, dpi))) return null
  const usedDpi = fittedDpi === dpi ? dpi : Math.floor(fittedDpi)
  return {
    widthPx: pixels(widthInches * usedDpi, limits),
    heightPx: pixels(heightInches * usedDpi, limits),
    dpi: usedDpi,
  }
}

/** Pixels of an uploaded image: its own, shrunk where a limit (or `scale`) says so. */
export function fitImage(
  image: { readonly widthPx: number; readonly heightPx: number; readonly dpi: number },
  scale: number,
  limits: DocumentLimits & { readonly maxImageSidePx: number | null },
): PageSize {
  const maxSidePx = Math.min(limits.maxPageSidePx, limits.maxImageSidePx ?? Infinity)
  const shrink = Math.min(
    scale,
    maxSidePx / Math.max(image.widthPx, image.heightPx),
    Math.sqrt(limits.maxPagePixels / (image.widthPx * image.heightPx)),
  )
  if (shrink === 1) return image
  return {
    widthPx: pixels(image.widthPx * shrink, limits),
    heightPx: pixels(image.heightPx * shrink, limits),
    dpi: Math.max(1, Math.round(image.dpi * shrink)),
  }
}

const A4_LONG_SIDE_INCHES = 11.69
const A3_LONG_SIDE_INCHES = 16.6

/**
 * The resolution of an image file: its own where plausible, else the one that makes it an A4 page.
 *
 * Many programs write 72 or 96 without knowing, so such a number is believed only up to A3; none is
 * believed that makes the page shorter than 3 or longer than 25 inches.
 */
export function plausibleDpi(
  image: { readonly widthPx: number; readonly heightPx: number },
  ownDpi: number | null,
): number {
  const longSidePx = Math.max(image.widthPx, image.heightPx)
  if (ownDpi !== null && ownDpi >= 71.5 && ownDpi <= 1200) {
    const longSideInches = longSidePx / ownDpi
    const maxInches = ownDpi < 97 ? A3_LONG_SIDE_INCHES : 25
    if (longSideInches >= 3 && longSideInches <= maxInches) return Math.round(ownDpi)
  }
  return Math.min(1200, Math.max(72, Math.round(longSidePx / A4_LONG_SIDE_INCHES)))
}

function pixels(exact: number, limits: DocumentLimits): number {
  return Math.min(limits.maxPageSidePx, Math.max(1, Math.round(exact)))
}
