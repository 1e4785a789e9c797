import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { HELLO, HELVETICA, onePagePdf, stream } from '../pdf-kernel.ts'
import { STOPPED, type BadFile, type Outcome } from './bad-file.ts'
import { SIDE, imageObject, textWith, type Image } from './text-with-image.ts'

const EIGHT_BITS = '/Width 300/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8'
const ONE_BIT = '/Width 300/Height 300/ColorSpace/DeviceGray/BitsPerComponent 1'
const TOO_LARGE: readonly Outcome[] = ['failed(IMAGE_TOO_LARGE)']
const DAMAGED: readonly Outcome[] = [
  'degraded(IMAGE_NOT_DECODED)',
  'degraded(CONTENT_SKIPPED)',
  'degraded(IMAGE_NOT_DECODED,CONTENT_SKIPPED)',
  'degraded(CONTENT_SKIPPED,IMAGE_NOT_DECODED)',
]
/** The size of a mask is not looked at before it is decoded, so a guard stops it. */
const STOPS_EARLY = { limits: { drawMaxRssBytes: 400e6, drawWallClockMs: 4_000 } } as const

/** Pages of text with a picture that cannot be shown, or not all of it. */
export async function lostImages(): Promise<readonly BadFile[]> {
  return [...(await undecodable()), ...misdeclared(), ...inPlaces(), ...intact()]
}

async function undecodable(): Promise<BadFile[]> {
  const noise = {
    create: {
      width: SIDE,
      height: SIDE,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  } as const
  const jpeg = await sharp(noise).jpeg().toBuffer()
  const progressive = await sharp(noise).jpeg({ progressive: true }).toBuffer()
  const pixels = deflateSync(pseudoNoise(SIDE * SIDE))
  const garbage = 'this is no image at all, whatever it is called'
  const rgb = '/DeviceRGB'
  const images: Record<string, Image> = {
    'JPEG of garbage': { colour: rgb, filter: '/DCTDecode', data: garbage },
    'JPEG of nothing': { colour: rgb, filter: '/DCTDecode', data: '' },
    'JPEG without its scan': { colour: rgb, filter: '/DCTDecode', data: jpeg.subarray(0, 300) },
    'JPEG cut at 40 %': {
      colour: rgb,
      filter: '/DCTDecode',
      data: jpeg.subarray(0, jpeg.length * 0.4),
    },
    'JPEG cut at 80 %': {
      colour: rgb,
      filter: '/DCTDecode',
      data: jpeg.subarray(0, jpeg.length * 0.8),
    },
    'progressive JPEG cut at 50 %': {
      colour: rgb,
      filter: '/DCTDecode',
      data: progressive.subarray(0, progressive.length * 0.5),
    },
    'JPEG 2000 of garbage': { filter: '/JPXDecode', data: garbage },
    'JPEG 2000 of nothing': { filter: '/JPXDecode', data: '' },
    'JBIG2 of garbage': { filter: '/JBIG2Decode', data: garbage.repeat(100), entries: ONE_BIT },
    'deflated image of garbage': { filter: '/FlateDecode', data: garbage },
    'deflated image of nothing': { filter: '/FlateDecode', data: '' },
    'deflated image cut at 20 %': {
      filter: '/FlateDecode',
      data: pixels.subarray(0, pixels.length * 0.2),
    },
    'deflated image cut at 60 %': {
      filter: '/FlateDecode',
      data: pixels.subarray(0, pixels.length * 0.6),
    },
    'deflated image cut at 95 %': {
      filter: '/FlateDecode',
      data: pixels.subarray(0, pixels.length * 0.95),
    },
    'plain image of a tenth': { filter: '', data: Buffer.alloc((SIDE * SIDE) / 10) },
    'hexadecimal image of half': {
      filter: '/ASCIIHexDecode',
      data: '00'.repeat((SIDE * SIDE) / 2),
    },
    'run-length image of a few': { filter: '/RunLengthDecode', data: Buffer.from([129, 0, 128]) },
    'LZW image of garbage': { filter: '/LZWDecode', data: garbage },
    'image of an unknown filter': { filter: '/NoSuchDecode', data: garbage },
  }
  return Object.entries(images).map(([name, image]) => ({
    name: `a ${name}`,
    family: 'damaged image in a PDF',
    make: () => textWith(image),
    want: DAMAGED,
    planted: 1,
  }))
}

function misdeclared(): BadFile[] {
  const data = deflateSync(Buffer.alloc(SIDE * SIDE))
  const entries: Record<string, string> = {
    'without a width': '/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8',
    'without a size': '/ColorSpace/DeviceGray/BitsPerComponent 8',
    'of no width': '/Width 0/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8',
    'of a negative height': '/Width 300/Height -300/ColorSpace/DeviceGray/BitsPerComponent 8',
    'whose width is a name': '/Width/A/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8',
    'without a colour space': '/Width 300/Height 300/BitsPerComponent 8',
    'of an unknown colour space': '/Width 300/Height 300/ColorSpace/Rainbow/BitsPerComponent 8',
    'without a depth': '/Width 300/Height 300/ColorSpace/DeviceGray',
  }
  return Object.entries(entries).map(([name, value]) => ({
    name: `an image ${name}`,
    family: 'misdeclared image',
    make: () => textWith({ entries: value, filter: '/FlateDecode', data }),
    want: DAMAGED,
    planted: 1,
  }))
}

function inPlaces(): BadFile[] {
  const bad = imageObject({ filter: '/JPXDecode', data: 'garbage' })
  const large = imageObject({ side: 12_000, filter: '/FlateDecode', data: deflateSync('') })
  const page = (content: string, resources: string, extra: readonly Buffer[]): Buffer =>
    onePagePdf({ content: `${HELLO} ${content}`, resources: HELVETICA + resources, extra })
  const form = stream(
    '/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</J 6 0 R>>>>',
    'q 300 0 0 300 100 100 cm /J Do Q',
  )
  const tile = stream(
    '/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 300 300]/XStep 300/YStep 300/Resources<</XObject<</J 6 0 R>>>>',
    'q 300 0 0 300 0 0 cm /J Do Q',
  )
  const soft = (mask: Buffer): Buffer =>
    textWith(
      {
        entries: '/Width 300/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8/SMask 6 0 R',
        filter: '/FlateDecode',
        data: deflateSync(Buffer.alloc(SIDE * SIDE)),
      },
      [mask],
    )
  const inline = (entries: string, data: string): Buffer =>
    page(`q 300 0 0 300 100 100 cm BI ${entries} ID ${data} EI Q`, '', [])
  const places: Record<string, [() => Buffer, readonly Outcome[]]> = {
    'a damaged image in a form': [
      () => page('/I Do', '/XObject<</I 5 0 R>>', [form, bad]),
      DAMAGED,
    ],
    'an oversized image in a form': [
      () => page('/I Do', '/XObject<</I 5 0 R>>', [form, large]),
      TOO_LARGE,
    ],
    'a damaged image in a tile': [
      () => page('/Pattern cs /P scn 0 0 612 600 re f', '/Pattern<</P 5 0 R>>', [tile, bad]),
      DAMAGED,
    ],
    'an oversized image in a tile': [
      () => page('/Pattern cs /P scn 0 0 612 600 re f', '/Pattern<</P 5 0 R>>', [tile, large]),
      TOO_LARGE,
    ],
    'a damaged soft mask': [() => soft(bad), DAMAGED],
    'an oversized soft mask': [() => soft(large), [...TOO_LARGE, ...DAMAGED, ...STOPPED]],
    'an inline image of garbage': [
      () => inline('/W 300/H 300/CS/G/BPC 8/F/Fl', 'garbage'),
      DAMAGED,
    ],
    'an inline JPEG of garbage': [
      () => inline('/W 300/H 300/CS/RGB/BPC 8/F/DCT', 'garbage'),
      DAMAGED,
    ],
    'an oversized inline image': [() => inline('/W 12000/H 12000/CS/G/BPC 8', 'x'), TOO_LARGE],
  }
  return Object.entries(places).map(([name, [make, want]]) => ({
    name,
    family: 'image in a place',
    make,
    want,
    planted: 1,
    ...(name === 'an oversized soft mask' ? { options: STOPS_EARLY } : {}),
  }))
}

function intact(): BadFile[] {
  const data = deflateSync(pseudoNoise(SIDE * SIDE))
  const hex = Buffer.alloc(SIDE * SIDE, 0x80).toString('hex')
  const images: Record<string, Image> = {
    'an image that is its own soft mask': {
      entries: `${EIGHT_BITS}/SMask 5 0 R`,
      filter: '/FlateDecode',
      data,
    },
    'a whole deflated image': { filter: '/FlateDecode', data },
    'a whole hexadecimal image': { filter: '/ASCIIHexDecode', data: `${hex}>` },
    'an image with bytes to spare': { filter: '', data: Buffer.alloc(SIDE * SIDE + 5_000) },
    'an image one byte short of its last row': { filter: '', data: Buffer.alloc(SIDE * SIDE - 1) },
  }
  return Object.entries(images).map(([name, image]) => ({
    name,
    family: 'whole image in a PDF',
    make: () => textWith(image),
    want: /short|mask/.test(name) ? ['ok', ...DAMAGED] : ['ok'],
  }))
}

function pseudoNoise(bytes: number): Buffer {
  const noise = Buffer.alloc(bytes)
  let state = 7
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    noise[at] = state >>> 24
  }
  return noise
}
