import sharp from 'sharp'
import type { PageImage } from '../../src/engines/engine.ts'
import { BIT_COUNT, BIT_SIZE_PT, bitLeftPt, BIT_TOP_PT, PAGE_WIDTH_PT } from './marked-document.ts'

const PAGE_HEIGHT_PT = 792

/** The image of a page whose number is spelled in squares, as in a marked document, without words. */
export async function markedPage(page: number): Promise<PageImage> {
  const squares = Array.from({ length: BIT_COUNT }, (_, bit) =>
    (page >> bit) % 2 === 1
      ? `<rect x="${bitLeftPt(bit)}" y="${BIT_TOP_PT}" width="${BIT_SIZE_PT}" height="${BIT_SIZE_PT}"/>`
      : '',
  )
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PAGE_WIDTH_PT}" height="${PAGE_HEIGHT_PT}">` +
    `<rect width="100%" height="100%" fill="white"/>${squares.join('')}</svg>`
  const png = await sharp(Buffer.from(svg)).flatten({ background: 'white' }).png().toBuffer()
  return { png, widthPx: PAGE_WIDTH_PT, heightPx: PAGE_HEIGHT_PT, dpi: 72 }
}
