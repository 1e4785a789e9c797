/** What a bitmap is made of; everything that is left out is as it should be. */
export type BmpParts = {
  readonly widthPx: number
  readonly heightPx: number
  readonly bitsPerPixel: number
  readonly data: Uint8Array
  readonly compression?: number
  /** 12 and 16: OS/2; 40: Windows 3; 52 to 124: later ones, which hold the masks. */
  readonly headerBytes?: number
  /** Colours as 0xRRGGBB. */
  readonly palette?: readonly number[]
  readonly masks?: readonly number[]
  readonly planes?: number
  /** Default: what the palette has. */
  readonly declaredColours?: number
  readonly pixelOffset?: number
  readonly signature?: string
}

const FILE_HEADER_BYTES = 14

/** A Windows or OS/2 bitmap of these parts, sensible or not. */
export function bmpFile(parts: BmpParts): Buffer {
  const { headerBytes = 40, palette = [], masks = [], signature = 'BM' } = parts
  const isCore = headerBytes === 12
  const header = Buffer.alloc(Math.max(4, headerBytes))
  header.writeUInt32LE(headerBytes, 0)
  if (isCore) {
    header.writeUInt16LE(parts.widthPx & 0xffff, 4)
    header.writeUInt16LE(parts.heightPx & 0xffff, 6)
    header.writeUInt16LE(parts.planes ?? 1, 8)
    header.writeUInt16LE(parts.bitsPerPixel, 10)
  } else if (headerBytes >= 16) {
    header.writeInt32LE(parts.widthPx, 4)
    header.writeInt32LE(parts.heightPx, 8)
    header.writeUInt16LE(parts.planes ?? 1, 12)
    header.writeUInt16LE(parts.bitsPerPixel, 14)
  }
  if (headerBytes >= 40) {
    header.writeUInt32LE(parts.compression ?? 0, 16)
    header.writeUInt32LE(parts.declaredColours ?? palette.length, 32)
  }
  const maskBytes = numbers(masks, 4)
  if (headerBytes >= 52) maskBytes.copy(header, 40)
  const between = headerBytes >= 52 ? Buffer.alloc(0) : maskBytes
  const colours = numbers(palette, isCore ? 3 : 4)
  const file = Buffer.alloc(FILE_HEADER_BYTES)
  file.write(signature, 'latin1')
  const offset = FILE_HEADER_BYTES + header.length + between.length + colours.length
  file.writeUInt32LE(parts.pixelOffset ?? offset, 10)
  return Buffer.concat([file, header, between, colours, parts.data])
}

function numbers(values: readonly number[], bytesEach: 3 | 4): Buffer {
  const bytes = Buffer.alloc(values.length * bytesEach)
  for (const [n, value] of values.entries()) bytes.writeUIntLE(value, n * bytesEach, bytesEach)
  return bytes
}
