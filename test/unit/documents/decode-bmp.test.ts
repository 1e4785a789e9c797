import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../src/platform/errors.ts'
import { decodeBmp, type DecodedBmp } from '../../../src/documents/child/decode-bmp.ts'

const RED = [255, 0, 0, 255]
const BLUE = [0, 0, 255, 255]
const GREEN = [0, 255, 0, 255]
const BLACK = [0, 0, 0, 255]
const MAX_PIXELS = 1e6

type Bitmap = {
  width: number
  height: number
  bits: number
  data: number[]
  compression?: number
  /** Blue, green, red, 0. */
  palette?: number[]
  headerBytes?: number
  masks?: number[]
  planes?: number
  perMetre?: number
}

const TWO_COLOURS = [0, 0, 255, 0, 255, 0, 0, 0]

function bitmap(image: Bitmap): Buffer {
  const headerBytes = image.headerBytes ?? 40
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(headerBytes, 0)
  header.writeInt32LE(image.width, 4)
  header.writeInt32LE(image.height, 8)
  header.writeUInt16LE(image.planes ?? 1, 12)
  header.writeUInt16LE(image.bits, 14)
  header.writeUInt32LE(image.compression ?? 0, 16)
  header.writeInt32LE(image.perMetre ?? 0, 24)
  header.writeUInt32LE((image.palette ?? []).length / 4, 32)
  const masks = Buffer.alloc((image.masks ?? []).length * 4)
  for (const [n, mask] of (image.masks ?? []).entries()) masks.writeUInt32LE(mask, n * 4)
  if (headerBytes > 40) masks.copy(header, 40)
  const palette = Buffer.from(image.palette ?? [])
  const parts = [header, ...(headerBytes > 40 ? [] : [masks]), palette, Buffer.from(image.data)]
  const pixelOffset = parts.slice(0, -1).reduce((sum, part) => sum + part.length, 14)
  const file = Buffer.alloc(14)
  file.write('BM')
  file.writeUInt32LE(pixelOffset, 10)
  return Buffer.concat([file, ...parts])
}

function pixels({ rgba }: DecodedBmp): number[][] {
  return Array.from({ length: rgba.length / 4 }, (_, n) => [...rgba.subarray(n * 4, n * 4 + 4)])
}

const decode = (image: Bitmap) => decodeBmp(bitmap(image), MAX_PIXELS)
const fails = (bytes: Buffer, code = 'CORRUPT_IMAGE') =>
  assert.throws(
    () => decodeBmp(bytes, MAX_PIXELS),
    (error) => error instanceof OcrError && error.code === code,
  )

describe('decodeBmp', () => {
  it('reads rows from the bottom, or from the top where the height is negative', () => {
    const image = { width: 1, bits: 8, palette: TWO_COLOURS, data: [0, 0, 0, 0, 1, 0, 0, 0] }

    assert.deepEqual(pixels(decode({ ...image, height: 2 })), [BLUE, RED])
    assert.deepEqual(pixels(decode({ ...image, height: -2 })), [RED, BLUE])
  })

  it('reads palette images of 1, 4 and 8 bits', () => {
    const image = { width: 3, height: 1, palette: TWO_COLOURS }

    assert.deepEqual(pixels(decode({ ...image, bits: 1, data: [0b0100_0000, 0, 0, 0] })), [
      RED,
      BLUE,
      RED,
    ])
    assert.deepEqual(pixels(decode({ ...image, bits: 4, data: [0x01, 0x00, 0, 0] })), [
      RED,
      BLUE,
      RED,
    ])
    assert.deepEqual(pixels(decode({ ...image, bits: 8, data: [0, 1, 0, 0] })), [RED, BLUE, RED])
  })

  it('reads colours of 16, 24 and 32 bits', () => {
    const image = { width: 2, height: 1 }

    assert.deepEqual(pixels(decode({ ...image, bits: 16, data: [0x00, 0x7c, 0x1f, 0x00] })), [
      RED,
      BLUE,
    ])
    assert.deepEqual(pixels(decode({ ...image, bits: 24, data: [0, 0, 255, 255, 0, 0, 0, 0] })), [
      RED,
      BLUE,
    ])
    assert.deepEqual(pixels(decode({ ...image, bits: 32, data: [0, 0, 255, 9, 255, 0, 0, 0] })), [
      RED,
      BLUE,
    ])
  })

  it('obeys bit fields behind or inside the header', () => {
    const masks = [0xf800, 0x07e0, 0x001f]
    const image = { width: 2, height: 1, bits: 16, compression: 3, data: [0xe0, 0x07, 0x00, 0xf8] }

    assert.deepEqual(pixels(decode({ ...image, masks })), [GREEN, RED])
    assert.deepEqual(pixels(decode({ ...image, masks, headerBytes: 52 })), [GREEN, RED])
  })

  it('obeys a declared alpha channel', () => {
    const masks = [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000]
    const image = { width: 1, height: 1, bits: 32, compression: 3, masks, headerBytes: 108 }

    assert.deepEqual(pixels(decode({ ...image, data: [0, 0, 255, 128] })), [[255, 0, 0, 128]])
  })

  it('reads OS/2 headers with their three-byte palettes', () => {
    const header = Buffer.from([
      66, 77, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 12, 0, 0, 0, 2, 0, 1, 0, 1, 0, 1, 0,
    ])
    const file = Buffer.concat([
      header,
      Buffer.from([0, 0, 255, 255, 0, 0]),
      Buffer.from([0b0100_0000, 0, 0, 0]),
    ])

    assert.deepEqual(pixels(decodeBmp(file, MAX_PIXELS)), [RED, BLUE])
  })

  it('decodes runs, literals, jumps and row ends of RLE8', () => {
    const image = { width: 4, height: 2, bits: 8, compression: 1, palette: TWO_COLOURS }
    const data = [2, 1, 0, 3, 0, 1, 0, 0, 0, 0, 0, 2, 1, 0, 2, 1, 0, 1]

    const { isDamaged, ...decoded } = decode({ ...image, data })

    assert.deepEqual(pixels({ ...decoded, isDamaged }), [
      RED,
      BLUE,
      BLUE,
      RED,
      BLUE,
      BLUE,
      RED,
      BLUE,
    ])
    assert.equal(isDamaged, false)
  })

  it('decodes RLE4', () => {
    const image = { width: 3, height: 1, bits: 4, compression: 2, palette: TWO_COLOURS }

    assert.deepEqual(pixels(decode({ ...image, data: [3, 0x01, 0, 1] })), [RED, BLUE, RED])
    assert.deepEqual(pixels(decode({ ...image, data: [0, 3, 0x10, 0x10, 0, 1] })), [
      BLUE,
      RED,
      BLUE,
    ])
  })

  it('never writes outside the bitmap', () => {
    const image = { width: 2, height: 1, bits: 8, compression: 1, palette: TWO_COLOURS }

    assert.deepEqual(pixels(decode({ ...image, data: [255, 1, 255, 0, 0, 1] })), [BLUE, BLUE])
    assert.equal(decode({ ...image, data: [0, 2, 255, 255, 9, 1, 0, 1] }).isDamaged, false)
  })

  it('marks runs that end too early and colours outside the palette', () => {
    const image = { width: 2, height: 2, bits: 8, palette: TWO_COLOURS }

    assert.equal(decode({ ...image, compression: 1, data: [2, 1] }).isDamaged, true)
    const outside = decode({ ...image, height: 1, data: [1, 7, 0, 0] })
    assert.deepEqual(pixels(outside), [BLUE, BLACK])
    assert.equal(outside.isDamaged, true)
  })

  it('tells the resolution, if the file does', () => {
    const image = { width: 1, height: 1, bits: 24, data: [0, 0, 0, 0] }

    assert.equal(Math.round(decode({ ...image, perMetre: 5906 }).dpi ?? 0), 150)
    assert.equal(decode(image).dpi, null)
  })

  it('refuses what is no bitmap', () => {
    const image = { width: 1, height: 1, bits: 24, data: [0, 0, 0, 0] }

    fails(Buffer.alloc(0))
    fails(Buffer.from('BM'))
    fails(Buffer.from('GIF89a'.padEnd(60)))
    fails(bitmap({ ...image, width: 0 }))
    fails(bitmap({ ...image, width: -1 }))
    fails(bitmap({ ...image, height: 0 }))
    fails(bitmap({ ...image, height: -(2 ** 31) }))
    fails(bitmap({ ...image, planes: 2 }))
    fails(bitmap({ ...image, bits: 2 }))
    fails(bitmap({ ...image, headerBytes: 44 }))
    fails(bitmap({ ...image, compression: 4 }))
    fails(bitmap({ ...image, compression: 3 }))
    fails(bitmap({ ...image, bits: 8, compression: 1, height: -1 }))
  })

  it('refuses sizes that the file does not hold, without taking memory for them', () => {
    const image = { bits: 24, data: [0, 0, 0, 0] }

    fails(bitmap({ ...image, width: 1, height: 2 }))
    fails(bitmap({ ...image, width: 1000, height: 1000 }))
    fails(bitmap({ ...image, width: 2 ** 31 - 1, height: 2 ** 31 - 1 }), 'IMAGE_DIMENSIONS')
  })

  it('survives every cut of a good file', () => {
    const whole = bitmap({
      width: 3,
      height: 1,
      bits: 4,
      palette: TWO_COLOURS,
      data: [0x01, 0, 0, 0],
    })

    for (let length = 0; length < whole.length; length += 1) fails(whole.subarray(0, length))
  })
})
