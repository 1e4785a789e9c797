import sharp from 'sharp'
import type { PageImage, PixelShare } from '../engine.ts'
import type { ImageSize } from '../model-page/bounding-box.ts'
import { requirePng, withinByteLimit } from '../model-page/page-png.ts'
import { TILE_PX } from './token-budget.ts'

/** The image that is sent for a page. */
export type SentImage = ImageSize & { readonly png: Uint8Array }

// The model looks at 6 tiles of 640 pixels at most: twice that is more than it can see.
const MAX_PIXELS = 6_000_000

/**
 * The image to send: the page's own where nothing speaks against it, fewer pixels where it is too many
 * bytes. Places in the answer are shares of the page, so its size does not matter to them.
 *
 * The server makes the same six tiles of an image of any size; so only a quarter of the usual pixels
 * saves it memory on the GPU: it is made small enough for the global view alone.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` when it is no PNG, or too many bytes at any size
 */
export async function imageToSend(
  image: PageImage,
  pixelShare: PixelShare = 1,
): Promise<SentImage> {
  requirePng(image.png)
  return withinByteLimit(pixelShare, (share) => resize(image, share))
}

async function resize(image: PageImage, pixelShare: number): Promise<SentImage> {
  const { widthPx, heightPx } = image
  const pixels = widthPx * heightPx
  const byPixels = Math.sqrt(Math.min(1, (Math.min(MAX_PIXELS, pixels) * pixelShare) / pixels))
  const byTile = pixelShare <= 0.25 ? TILE_PX / Math.max(widthPx, heightPx) : 1
  const scale = Math.min(byPixels, byTile)
  if (scale >= 1) return { widthPx, heightPx, png: image.png }
  const smaller = {
    widthPx: Math.max(1, Math.floor(widthPx * scale)),
    heightPx: Math.max(1, Math.floor(heightPx * scale)),
  }
  const png = await sharp(image.png)
    .resize({ width: smaller.widthPx, height: smaller.heightPx, fit: 'fill' })
    .png({ compressionLevel: 6 })
    .toBuffer()
  return { ...smaller, png }
}
