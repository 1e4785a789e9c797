import sharp from 'sharp'
import type { PageImage, PixelShare } from '../engine.ts'
import type { ImageSize } from '../model-page/bounding-box.ts'
import { withinByteLimit } from '../model-page/page-png.ts'
import { MAX_IMAGE_PIXELS, smartResize } from './smart-resize.ts'

/** A page's image in the size in which the model sees it. */
export type SentImage = ImageSize & { readonly png: Uint8Array }

/**
 * A page's image resized as the model's server would, so that it is not resized there and boxes are
 * pixels of what was sent (0.3 s of CPU at 200 dpi). An image of such a size is sent as it is; one of
 * too many bytes with fewer pixels.
 *
 * It is a PNG that we encoded ourselves, so it is decoded here and not in a guarded child.
 *
 * @param pixelShare Of the pixels that would be sent otherwise.
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` for a strip, see {@link smartResize}, and for too many
 *   bytes at any size
 */
export function toSentImage(image: PageImage, pixelShare: PixelShare): Promise<SentImage> {
  return withinByteLimit(pixelShare, (share) => resize(image, share))
}

async function resize(image: PageImage, pixelShare: number): Promise<SentImage> {
  const size = smartResize(image, pixelShare === 1 ? MAX_IMAGE_PIXELS : shareOf(image, pixelShare))
  if (size.widthPx === image.widthPx && size.heightPx === image.heightPx) {
    return { png: image.png, ...size }
  }
  const png = await sharp(image.png)
    // Bicubic, as the model's own processor.
    .resize({ width: size.widthPx, height: size.heightPx, fit: 'fill', kernel: 'cubic' })
    .png()
    .toBuffer()
  return { png, ...size }
}

function shareOf(image: PageImage, pixelShare: number): number {
  const { widthPx, heightPx } = smartResize(image)
  return widthPx * heightPx * pixelShare
}
