import sharp from 'sharp'
import { OcrError } from '../../platform/errors.ts'
import type { PageImage, PixelShare } from '../engine.ts'

/** Most bytes of a page image that are sent, as base64: servers hold it several times over. */
export const MAX_BASE64_BYTES = 20 * 1024 * 1024

const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * The PNG that is sent for a page: the page image itself, or a smaller one with a share of its pixels.
 *
 * PNG only: some servers refuse WEBP, others die of what they cannot decode.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` when it is no PNG or more than {@link MAX_BASE64_BYTES}
 */
export async function pngToSend(image: PageImage, pixelShare: PixelShare = 1): Promise<Uint8Array> {
  if (!PNG_MAGIC.equals(image.png.subarray(0, PNG_MAGIC.length))) {
    throw new OcrError('ENGINE_REJECTED_REQUEST', 'Cannot send image: it is not a PNG of ours')
  }
  const png = pixelShare === 1 ? image.png : await shrink(image, pixelShare)
  const base64Bytes = Math.ceil(png.byteLength / 3) * 4
  if (base64Bytes <= MAX_BASE64_BYTES) return png
  const limits = `${base64Bytes} bytes of base64, at most ${MAX_BASE64_BYTES} are sent`
  throw new OcrError('ENGINE_REJECTED_REQUEST', `Cannot send image: ${limits}`)
}

async function shrink(image: PageImage, pixelShare: PixelShare): Promise<Uint8Array> {
  const width = Math.max(1, Math.round(image.widthPx * Math.sqrt(pixelShare)))
  return sharp(image.png).resize({ width }).png({ compressionLevel: 6 }).toBuffer()
}
