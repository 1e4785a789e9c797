import { OcrError } from '../../platform/errors.ts'

/** Which bits of a pixel belong to which channel; `alpha` 0: opaque. */
export type ChannelMasks = {
  readonly red: number
  readonly green: number
  readonly blue: number
  readonly alpha: number
}

/** Depths that exist. */
export type BmpDepth = 1 | 4 | 8 | 16 | 24 | 32

/** Everything that stands before the pixels of a BMP. */
export type BmpHeader = {
  readonly widthPx: number
  readonly heightPx: number
  readonly isTopDown: boolean
  readonly bitsPerPixel: BmpDepth
  readonly isRunLength: boolean
  readonly pixelOffset: number
  /** 0xRRGGBBAA; empty where pixels hold colours themselves. */
  readonly palette: readonly number[]
  /** `null` where pixels are palette numbers. */
  readonly masks: ChannelMasks | null
  readonly dpi: number | null
}

const FILE_HEADER_BYTES = 14
const CORE_HEADER_BYTES = 12
const DIB_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124]
const DEPTHS: readonly BmpDepth[] = [1, 4, 8, 16, 24, 32]
const COMPRESSION = { none: 0, rle8: 1, rle4: 2, bitFields: 3, alphaBitFields: 6 } as const
const METRES_PER_INCH = 0.0254

const RGB555: ChannelMasks = { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 }
// The fourth byte of plain 32-bit pixels means nothing.
const RGB888: ChannelMasks = { red: 0xff0000, green: 0xff00, blue: 0xff, alpha: 0 }

/** Reads and checks the headers; takes no memory in proportion to what they claim. */
export function readBmpHeader(file: Buffer): BmpHeader {
  if (
    file.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES ||
    file.toString('latin1', 0, 2) !== 'BM'
  ) {
    throw corrupt('no header')
  }
  const headerBytes = file.readUInt32LE(14)
  if (!DIB_HEADER_BYTES.includes(headerBytes)) throw corrupt('unknown header')
  // Zeros behind a short file read as "not given", which is what a shorter header means.
  const header = Buffer.alloc(124)
  file.copy(header, 0, FILE_HEADER_BYTES, FILE_HEADER_BYTES + headerBytes)
  const isCore = headerBytes === CORE_HEADER_BYTES
  const widthPx = isCore ? header.readUInt16LE(4) : header.readInt32LE(4)
  const height = isCore ? header.readUInt16LE(6) : header.readInt32LE(8)
  const planes = header.readUInt16LE(isCore ? 8 : 12)
  const depth = header.readUInt16LE(isCore ? 10 : 14)
  const bitsPerPixel = DEPTHS.find((known) => known === depth)
  const compression = isCore ? COMPRESSION.none : header.readUInt32LE(16)
  const isTopDown = height < 0
  if (widthPx < 1 || height === 0 || height === -(2 ** 31)) throw corrupt('no pixels')
  if (planes !== 1 || bitsPerPixel === undefined) throw corrupt('unknown depth')
  const isRunLength = isRunLengthOf(compression, bitsPerPixel, headerBytes)
  if (isRunLength && isTopDown) throw corrupt('run-length rows from the top')
  const pixelOffset = file.readUInt32LE(10)
  const masks = masksOf(file, { header, headerBytes, bitsPerPixel, compression })
  const end = Math.min(pixelOffset, file.length)
  return {
    widthPx,
    heightPx: Math.abs(height),
    isTopDown,
    bitsPerPixel,
    isRunLength,
    pixelOffset,
    palette: masks === null ? paletteOf(file, { header, headerBytes, bitsPerPixel, end }) : [],
    masks,
    dpi: dpiOf(header),
  }
}

function isRunLengthOf(compression: number, depth: BmpDepth, headerBytes: number): boolean {
  switch (compression) {
    case COMPRESSION.none:
      return false
    case COMPRESSION.rle8:
    case COMPRESSION.rle4:
      if (depth !== (compression === COMPRESSION.rle8 ? 8 : 4)) throw corrupt('runs at this depth')
      return true
    case COMPRESSION.bitFields:
    case COMPRESSION.alphaBitFields:
      // In OS/2 2.x headers 3 means Huffman coding.
      if ((depth !== 16 && depth !== 32) || [16, 64].includes(headerBytes)) {
        throw corrupt('bit fields at this depth')
      }
      return false
    default:
      throw corrupt('unknown compression')
  }
}

function masksOf(
  file: Buffer,
  bmp: { header: Buffer; headerBytes: number; bitsPerPixel: BmpDepth; compression: number },
): ChannelMasks | null {
  const { header, headerBytes, bitsPerPixel, compression } = bmp
  if (bitsPerPixel <= 8) return null
  const hasMasks =
    compression === COMPRESSION.bitFields || compression === COMPRESSION.alphaBitFields
  if (!hasMasks) return bitsPerPixel === 16 ? RGB555 : RGB888
  // They follow a 40-byte header and are part of a longer one.
  const at = FILE_HEADER_BYTES + 40
  const hasAlpha = headerBytes >= 56 || compression === COMPRESSION.alphaBitFields
  if (file.length < at + (hasAlpha ? 16 : 12)) throw corrupt('no channel masks')
  const source = headerBytes > 40 ? header.subarray(40) : file.subarray(at)
  return {
    red: source.readUInt32LE(0),
    green: source.readUInt32LE(4),
    blue: source.readUInt32LE(8),
    alpha: hasAlpha ? source.readUInt32LE(12) : 0,
  }
}

function paletteOf(
  file: Buffer,
  bmp: { header: Buffer; headerBytes: number; bitsPerPixel: BmpDepth; end: number },
): number[] {
  const { header, headerBytes, bitsPerPixel, end } = bmp
  const entryBytes = headerBytes === CORE_HEADER_BYTES ? 3 : 4
  const declared = headerBytes >= 40 ? header.readUInt32LE(32) : 0
  const most = 2 ** bitsPerPixel
  const start = FILE_HEADER_BYTES + headerBytes
  const room = Math.max(0, Math.floor((end - start) / entryBytes))
  const count = Math.min(declared === 0 ? most : declared, most, room)
  return Array.from({ length: count }, (_, n) => {
    const at = start + n * entryBytes
    const [blue, green, red] = [file.readUInt8(at), file.readUInt8(at + 1), file.readUInt8(at + 2)]
    return red * 0x1_00_00_00 + green * 0x1_00_00 + blue * 0x1_00 + 0xff
  })
}

function dpiOf(header: Buffer): number | null {
  const perMetre = header.readInt32LE(24)
  return perMetre > 0 ? perMetre * METRES_PER_INCH : null
}

function corrupt(state: string): OcrError {
  return new OcrError('CORRUPT_IMAGE', `Cannot decode bitmap: ${state}`)
}
