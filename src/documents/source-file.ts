import type { MediaType } from '../contract/document.ts'

/** An uploaded file on the local disk, and how its owner wants it opened. */
export type SourceFile = {
  readonly path: string
  /** By content: what `sniffMediaType` says. */
  readonly mediaType: MediaType
  readonly password: string | null
  /** Longest side of an uploaded image in pixels; `null`: no limit but the product's own. */
  readonly maxImageSidePx: number | null
  /** Shrink an image that exceeds `maxImageSidePx` instead of refusing it. */
  readonly downscale?: boolean
}
