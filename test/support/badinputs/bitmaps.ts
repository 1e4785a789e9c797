import { isDarkAt, type BadFile, type Outcome, type Picture } from './bad-file.ts'
import { bmpFile, type BmpParts } from './bmp-file.ts'

const WIDTH = 32
const HEIGHT = 24
const TRUNCATED: readonly Outcome[] = ['degraded(IMAGE_TRUNCATED)']
const CORRUPT: readonly Outcome[] = ['CORRUPT_IMAGE', 'failed(CORRUPT_IMAGE)']
const BLACK_AND_WHITE = [0x000000, 0xffffff] as const

/** Bitmaps of every kind: the upper half is black, the lower one white. Then wrecks of them. */
export function bitmaps(): readonly BadFile[] {
  return [...good(), ...wrecks(), ...halfWrecks()]
}

const looksRight = (page: Picture): boolean =>
  isDarkAt(page, 0.1, 0.1) && isDarkAt(page, 0.9, 0.4) && !isDarkAt(page, 0.1, 0.9)

/** Rows from the bottom, as they are stored: white ones, then black ones. */
function rows(bitsPerPixel: number, white: number, isTopDown = false): Buffer {
  const strideBytes = Math.floor((bitsPerPixel * WIDTH + 31) / 32) * 4
  const data = Buffer.alloc(strideBytes * HEIGHT)
  const bytes = bitsPerPixel / 8
  for (let row = 0; row < HEIGHT; row += 1) {
    const isWhite = isTopDown ? row >= HEIGHT / 2 : row < HEIGHT / 2
    if (!isWhite) continue
    if (bytes < 1) data.fill(white, row * strideBytes, (row + 1) * strideBytes)
    else
      for (let x = 0; x < WIDTH; x += 1)
        data.writeUIntLE(white, row * strideBytes + x * bytes, bytes)
  }
  return data
}

/** Twelve white rows, then twelve black ones, as runs of a line each. */
function runs(isNibbles: boolean, lines = HEIGHT): Buffer {
  const white = isNibbles ? 0x11 : 1
  const line = (n: number): number[] => [WIDTH, n < HEIGHT / 2 ? white : 0, 0, 0]
  return Buffer.from([...Array.from({ length: lines }, (_, n) => line(n)).flat(), 0, 1])
}

const base = { widthPx: WIDTH, heightPx: HEIGHT } as const
const palette = BLACK_AND_WHITE
const indexed = { ...base, bitsPerPixel: 8, palette, data: rows(8, 1) } as const

function good(): BadFile[] {
  const bitFields = { red: 0xf800, green: 0x07e0, blue: 0x001f }
  const rgb565 = [bitFields.red, bitFields.green, bitFields.blue]
  const argb = [0xff0000, 0xff00, 0xff, 0xff000000]
  const files: Record<string, BmpParts> = {
    '1 bit': { ...base, bitsPerPixel: 1, palette, data: rows(1, 0xff) },
    '4 bits': { ...base, bitsPerPixel: 4, palette, data: rows(4, 0x11) },
    '8 bits': indexed,
    '16 bits': { ...base, bitsPerPixel: 16, data: rows(16, 0x7fff) },
    '24 bits': { ...base, bitsPerPixel: 24, data: rows(24, 0xffffff) },
    '32 bits': { ...base, bitsPerPixel: 32, data: rows(32, 0x00ffffff) },
    '24 bits from the top': {
      ...base,
      heightPx: -HEIGHT,
      bitsPerPixel: 24,
      data: rows(24, 0xffffff, true),
    },
    'OS/2, 12 bytes of header': { ...indexed, headerBytes: 12 },
    'OS/2, 16 bytes of header': { ...indexed, headerBytes: 16 },
    'OS/2, 64 bytes of header': { ...indexed, headerBytes: 64 },
    '16 bits, 5-6-5 behind the header': {
      ...base,
      bitsPerPixel: 16,
      compression: 3,
      masks: rgb565,
      data: rows(16, 0xffff),
    },
    '16 bits, 5-6-5 in 52 bytes of header': {
      ...base,
      headerBytes: 52,
      bitsPerPixel: 16,
      compression: 3,
      masks: rgb565,
      data: rows(16, 0xffff),
    },
    '32 bits, alpha in 56 bytes of header': {
      ...base,
      headerBytes: 56,
      bitsPerPixel: 32,
      compression: 3,
      masks: argb,
      data: opaque(),
    },
    '32 bits, alpha in 108 bytes of header': {
      ...base,
      headerBytes: 108,
      bitsPerPixel: 32,
      compression: 3,
      masks: argb,
      data: opaque(),
    },
    '32 bits, alpha in 124 bytes of header': {
      ...base,
      headerBytes: 124,
      bitsPerPixel: 32,
      compression: 3,
      masks: argb,
      data: opaque(),
    },
    'alpha bit fields': { ...base, bitsPerPixel: 32, compression: 6, masks: argb, data: opaque() },
    'runs of 8 bits': { ...indexed, compression: 1, data: runs(false) },
    'runs of 4 bits': { ...base, bitsPerPixel: 4, palette, compression: 2, data: runs(true) },
    'runs that say to end after half of the rows': {
      ...indexed,
      compression: 1,
      data: runs(false, 12),
    },
    'runs without an end mark': { ...indexed, compression: 1, data: runs(false).subarray(0, -2) },
  }
  return Object.entries(files).map(([name, parts]) => ({
    name,
    family: 'bitmap',
    make: () => bmpFile(parts),
    want: ['ok'],
    shows: looksRight,
  }))
}

function opaque(): Buffer {
  const data = rows(32, 0xffffffff)
  for (let at = 3; at < data.length; at += 4) data[at] = 0xff
  return data
}

function wrecks(): BadFile[] {
  const files: Record<string, readonly [BmpParts, readonly Outcome[]]> = {
    'no width': [{ ...indexed, widthPx: 0 }, CORRUPT],
    'a negative width': [{ ...indexed, widthPx: -32 }, CORRUPT],
    'no height': [{ ...indexed, heightPx: 0 }, CORRUPT],
    'the least of all heights': [{ ...indexed, heightPx: -(2 ** 31) }, CORRUPT],
    'more rows than it has': [{ ...indexed, heightPx: HEIGHT + 1 }, CORRUPT],
    'a hundred thousand pixels a side': [
      { ...indexed, widthPx: 100_000, heightPx: 100_000 },
      ['IMAGE_DIMENSIONS'],
    ],
    'the largest size': [
      { ...indexed, widthPx: 2 ** 31 - 1, heightPx: 2 ** 31 - 1 },
      ['IMAGE_DIMENSIONS'],
    ],
    'two planes': [{ ...indexed, planes: 2 }, CORRUPT],
    '7 bits': [{ ...indexed, bitsPerPixel: 7 }, CORRUPT],
    'no bits': [{ ...indexed, bitsPerPixel: 0 }, CORRUPT],
    '64 bits': [{ ...indexed, bitsPerPixel: 64 }, CORRUPT],
    'a JPEG within': [{ ...indexed, compression: 4 }, CORRUPT],
    'a PNG within': [{ ...indexed, compression: 5 }, CORRUPT],
    'an unknown compression': [{ ...indexed, compression: 99 }, CORRUPT],
    'runs of 8 bits at 4': [{ ...indexed, bitsPerPixel: 4, compression: 1 }, CORRUPT],
    'runs from the top': [
      { ...indexed, heightPx: -HEIGHT, compression: 1, data: runs(false) },
      CORRUPT,
    ],
    'bit fields at 8 bits': [{ ...indexed, compression: 3 }, CORRUPT],
    'pixels beyond the end': [{ ...indexed, pixelOffset: 0xffffffff }, CORRUPT],
    'a header of 13 bytes': [
      { ...indexed, headerBytes: 13 },
      ['UNSUPPORTED_FILE_TYPE', ...CORRUPT],
    ],
    'a header of four billion bytes': [
      { ...indexed, headerBytes: 4 },
      ['UNSUPPORTED_FILE_TYPE', ...CORRUPT],
    ],
    'another signature': [{ ...indexed, signature: 'BA' }, ['UNSUPPORTED_FILE_TYPE']],
    'only half of its pixels': [{ ...indexed, data: indexed.data.subarray(0, 300) }, CORRUPT],
  }
  return Object.entries(files).map(([name, [parts, want]]) => ({
    name: `a bitmap with ${name}`,
    family: 'broken bitmap',
    make: () => bmpFile(parts),
    want,
    planted: 1,
  }))
}

/** Something can be shown of them, and something cannot. */
function halfWrecks(): BadFile[] {
  const files: Record<string, BmpParts> = {
    'colours outside of its palette': { ...indexed, data: rows(8, 200) },
    'no palette': { ...indexed, palette: [] },
    'runs that end after half of the rows': {
      ...indexed,
      compression: 1,
      data: runs(false, 12).subarray(0, -2),
    },
    'runs of 4 bits that end after 3 rows': {
      ...base,
      bitsPerPixel: 4,
      palette,
      compression: 2,
      data: runs(true, 3).subarray(0, -2),
    },
    'no runs at all': { ...indexed, compression: 1, data: Buffer.alloc(0) },
  }
  return Object.entries(files).map(([name, parts]) => ({
    name: `a bitmap with ${name}`,
    family: 'damaged bitmap',
    make: () => bmpFile(parts),
    want: TRUNCATED,
    planted: 1,
  }))
}
