import sharp from 'sharp'
import { BIT_COUNT, BIT_SIZE_PT, bitLeftPt, BIT_TOP_PT, PAGE_WIDTH_PT } from './marked-document.ts'

/** Reads the number of a page of a marked document from the squares in its image, at any size. */
export async function readPageNumber(png: Uint8Array): Promise<number> {
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true })
  const pxPerPt = info.width / PAGE_WIDTH_PT
  let page = 0
  for (let bit = 0; bit < BIT_COUNT; bit++) {
    const x = Math.round((bitLeftPt(bit) + BIT_SIZE_PT / 2) * pxPerPt)
    const y = Math.round((BIT_TOP_PT + BIT_SIZE_PT / 2) * pxPerPt)
    if ((data[(y * info.width + x) * info.channels] ?? 255) < 128) page += 2 ** bit
  }
  return page
}
