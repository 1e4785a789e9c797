import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import type { PageImage } from '../../src/engines/engine.ts'

/** A page of random pixels, which no PNG makes smaller: about three bytes a pixel. */
export async function noisyPage(size: {
  readonly widthPx: number
  readonly heightPx: number
}): Promise<PageImage> {
  const { widthPx: width, heightPx: height } = size
  const png = await sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer()
  return { ...size, png, dpi: 200 }
}
