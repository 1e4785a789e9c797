/** Bounds of everything that opens an uploaded document. Tests shorten them. */
export type DocumentLimits = {
  readonly inspectWallClockMs: number
  readonly inspectMaxRssBytes: number
  readonly drawWallClockMs: number
  readonly drawMaxRssBytes: number
  readonly recycleRssBytes: number
  readonly pagesPerChild: number
  readonly maxPageSidePx: number
  readonly maxPagePixels: number
  readonly minDpi: number
  readonly maxPdfImagePixels: number
  readonly maxImagePixels: number
}

/** The limits in use. Sizes and times were measured with pdfjs-dist 6.5.438. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  // Opening 100,000 pages takes 0.3 s; a file that needs longer than this is an attack.
  inspectWallClockMs: 20_000,
  inspectMaxRssBytes: 800e6,
  // One page, with opening the file again where a fresh child is needed. 99 % need below 5 s.
  drawWallClockMs: 45_000,
  // A legal 9,000 x 9,000 pixel scan needs 1.27 GB on a small page and 1.51 GB on one of 6,000 x
  // 6,000 pixels (data/documents/mixed-sizes-scan-6p.pdf); a lower limit loses such pages.
  drawMaxRssBytes: 1_800e6,
  // A child that grew goes on with a fresh one: a start costs 0.4 s, a leak a worker.
  recycleRssBytes: 600e6,
  pagesPerChild: 50,
  // Skia draws larger surfaces, but answers wrongly without saying so (a 300 x 150 image).
  maxPageSidePx: 16_384,
  // An A1 page at 200 dpi has 31 megapixels; 40 of them are 160 MB of canvas.
  maxPagePixels: 40e6,
  // Below it small print is lost, so a page is refused rather than read wrongly.
  minDpi: 72,
  // Images inside a PDF: pdf.js removes larger ones and says so. 9,000 x 9,000 must pass.
  maxPdfImagePixels: 90e6,
  // Uploaded images: A2 at 600 dpi, or the largest cameras.
  maxImagePixels: 120e6,
}
