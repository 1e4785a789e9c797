import sharp from 'sharp'
import type { PageImage, PixelShare } from '../engine.ts'
import { MAX_IMAGE_PIXELS, smartResize, type ImageSize } from './smart-resize.ts'

/** A page's image in the size in which the model sees it. */
export type SentImage = ImageSize & { readonly png: Uint8Array }

/**
 * A page's image resized as the model's server would, so that it is not resized there and boxes are
 * pixels of what was sent (0.3 s of CPU at 200 dpi). An image of such a size is sent as it is.
 *
 * It is a PNG that we encoded ourselves, so it is decoded here and not in a guarded child.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` for a strip; see {@link smartResize}
 */
export async function toSentImage(image: PageImage, pixelShare: PixelShare): Promise<SentImage> {
  const size = smartResize(image, MAX_IMAGE_PIXELS * pixelShare)
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
