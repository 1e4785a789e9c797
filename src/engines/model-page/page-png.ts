import sharp from 'sharp'
import { OcrError } from '../../platform/errors.ts'
import type { PageImage, PixelShare } from '../engine.ts'

/** Most bytes of a page image that are sent, as base64: servers hold it several times over. */
export const MAX_BASE64_BYTES = 20 * 1024 * 1024

const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MAX_HALVINGS = 6

/**
 * The PNG that is sent for a page: the page image itself, or a smaller one with a share of its pixels,
 * and with less where it would be more than {@link MAX_BASE64_BYTES}.
 *
 * PNG only: some servers refuse WEBP, others die of what they cannot decode.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` when it is no PNG, or too many bytes at any size
 */
export async function pngToSend(image: PageImage, pixelShare: PixelShare = 1): Promise<Uint8Array> {
  const { png } = await withinByteLimit(pixelShare, async (share) => {
    requirePng(image.png)
    return { png: share === 1 ? image.png : await shrink(image, share) }
  })
  return png
}

/**
 * What `draw` makes of a share of the pixels, with half of that and half again while its PNG is more
 * than {@link MAX_BASE64_BYTES}. A page that is read smaller is better than one that is not read.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST` when a 64th is still too many bytes, and what `draw` throws
 */
export async function withinByteLimit<T extends { readonly png: Uint8Array }>(
  pixelShare: number,
  draw: (pixelShare: number) => Promise<T>,
): Promise<T> {
  for (let halving = 0; halving <= MAX_HALVINGS; halving++) {
    const drawn = await draw(pixelShare / 2 ** halving)
    if (Math.ceil(drawn.png.byteLength / 3) * 4 <= MAX_BASE64_BYTES) return drawn
  }
  const limit = `more than ${MAX_BASE64_BYTES} bytes of base64 at any size`
  throw new OcrError('ENGINE_REJECTED_REQUEST', `Cannot send image: ${limit}`)
}

/**
 * Asserts that an image is a PNG, which is all that is sent.
 *
 * @throws {OcrError} `ENGINE_REJECTED_REQUEST`
 */
export function requirePng(png: Uint8Array): void {
  if (PNG_MAGIC.equals(png.subarray(0, PNG_MAGIC.length))) return
  throw new OcrError('ENGINE_REJECTED_REQUEST', 'Cannot send image: it is not a PNG of ours')
}

async function shrink(image: PageImage, pixelShare: number): Promise<Uint8Array> {
  const width = Math.max(1, Math.round(image.widthPx * Math.sqrt(pixelShare)))
  return sharp(image.png).resize({ width }).png({ compressionLevel: 6 }).toBuffer()
}
