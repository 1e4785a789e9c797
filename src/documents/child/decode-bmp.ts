import { OcrError } from '../../platform/errors.ts'
import { readBmpHeader, type BmpHeader, type ChannelMasks } from './bmp-header.ts'
import { decodeBmpRuns } from './decode-bmp-runs.ts'

/** A decoded BMP: rows from the top, four bytes (red, green, blue, alpha) a pixel. */
export type DecodedBmp = {
  readonly widthPx: number
  readonly heightPx: number
  readonly rgba: Buffer
  /** As the file claims; `null`: it claims none. */
  readonly dpi: number | null
  /** Some pixels lie outside the palette, or the runs end too early: black or white there. */
  readonly isDamaged: boolean
}

/**
 * Decodes a Windows or OS/2 bitmap: 1, 4, 8, 16, 24 and 32 bits, RLE4, RLE8, bit fields, either row
 * order. Every size is checked against the file and `maxPixels` before memory is taken for it.
 *
 * @throws {OcrError} `CORRUPT_IMAGE`, `IMAGE_DIMENSIONS`
 * @see Microsoft, "Bitmap Storage" (wingdi.h)
 */
export function decodeBmp(file: Buffer, maxPixels: number): DecodedBmp {
  const header = readBmpHeader(file)
  const { widthPx, heightPx } = header
  if (widthPx * heightPx > maxPixels) {
    throw new OcrError('IMAGE_DIMENSIONS', `Cannot accept image: ${widthPx} x ${heightPx} pixels`)
  }
  const stored = readRows(file, header)
  const rgba = Buffer.alloc(widthPx * heightPx * 4)
  const paint = painterOf(header, rgba)
  let isDamaged = stored.isCut
  for (let y = 0; y < heightPx; y += 1) {
    const storedRow = header.isTopDown ? y : heightPx - 1 - y
    for (let x = 0; x < widthPx; x += 1) {
      const value = stored.valueAt(x, storedRow)
      if (!paint(value, (y * widthPx + x) * 4)) isDamaged = true
    }
  }
  return { widthPx, heightPx, rgba, dpi: header.dpi, isDamaged }
}

/** Palette numbers or packed colours, by column and stored row. */
type StoredRows = { valueAt: (x: number, row: number) => number; isCut: boolean }

function readRows(file: Buffer, header: BmpHeader): StoredRows {
  const { widthPx, heightPx, bitsPerPixel, pixelOffset } = header
  if (header.isRunLength) {
    const runs = decodeBmpRuns(file.subarray(pixelOffset), header)
    return { valueAt: (x, row) => runs.pixels[row * widthPx + x] ?? 0, isCut: runs.isCut }
  }
  const strideBytes = Math.floor((bitsPerPixel * widthPx + 31) / 32) * 4
  if (pixelOffset + strideBytes * heightPx > file.length) {
    throw new OcrError('CORRUPT_IMAGE', 'Cannot decode bitmap: file is too short')
  }
  const at = (row: number) => pixelOffset + row * strideBytes
  const valueAt = (x: number, row: number): number => {
    switch (bitsPerPixel) {
      case 16:
        return file.readUInt16LE(at(row) + x * 2)
      case 24:
        return file.readUIntLE(at(row) + x * 3, 3)
      case 32:
        return file.readUInt32LE(at(row) + x * 4)
      case 1:
      case 4:
      case 8: {
        const bit = x * bitsPerPixel
        const shift = 8 - bitsPerPixel - (bit & 7)
        return ((file[at(row) + (bit >> 3)] ?? 0) >> shift) & (2 ** bitsPerPixel - 1)
      }
    }
  }
  return { valueAt, isCut: false }
}

/** Writes one pixel; false when its palette number has no colour. */
type Painter = (value: number, offset: number) => boolean

function painterOf(header: BmpHeader, rgba: Buffer): Painter {
  const { palette, masks } = header
  if (masks !== null) return maskPainter(masks, rgba)
  return (value, offset) => {
    const colour = palette[value]
    rgba.writeUInt32BE(colour ?? 0x00_00_00_ff, offset)
    return colour !== undefined
  }
}

function maskPainter(masks: ChannelMasks, rgba: Buffer): Painter {
  const red = channelReader(masks.red)
  const green = channelReader(masks.green)
  const blue = channelReader(masks.blue)
  const alpha = masks.alpha === 0 ? () => 255 : channelReader(masks.alpha)
  return (value, offset) => {
    rgba[offset] = red(value)
    rgba[offset + 1] = green(value)
    rgba[offset + 2] = blue(value)
    rgba[offset + 3] = alpha(value)
    return true
  }
}

function channelReader(mask: number): (value: number) => number {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const max = mask >>> shift
  return (value) => Math.round((((value & mask) >>> shift) / max) * 255)
}
