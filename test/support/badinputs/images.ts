import { deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { EXIF_STEPS } from '../exif-steps.ts'
import { deflatedRun, gifFile, goodPdf, pngChunk, pngFile, tiffFile } from '../pdf-kernel.ts'
import { seededRandom } from './seeded-random.ts'
import { isDarkAt, type BadFile, type Outcome, type Picture } from './bad-file.ts'

const CORRUPT: readonly Outcome[] = ['CORRUPT_IMAGE', 'failed(CORRUPT_IMAGE)']

/** Image files of all kinds that are fine, too large, or none. */
export async function images(): Promise<readonly BadFile[]> {
  return [...(await kinds()), ...(await turned()), ...sizes(), ...(await disguised()), ...notOurs()]
}

/** A white sheet, 300 x 400 pixels, with a black bar near its upper left corner. */
export function sheet(): Sharp {
  const bar = { create: { width: 100, height: 20, channels: 3, background: '#000' } } as const
  return sharp({ create: { width: 300, height: 400, channels: 3, background: '#fff' } }).composite([
    { input: bar, left: 20, top: 30 },
  ])
}

const isSheet = (page: Picture): boolean =>
  isDarkAt(page, 70 / 300, 40 / 400) && !isDarkAt(page, 200 / 300, 300 / 400)

async function kinds(): Promise<BadFile[]> {
  const flat = await sheet().png().toBuffer()
  const again = (): Sharp => sharp(flat)
  const files: Record<string, () => Promise<Buffer>> = {
    PNG: () => again().png().toBuffer(),
    'PNG with a palette': () => again().png({ palette: true }).toBuffer(),
    'PNG of 16 bits': () => again().toColourspace('rgb16').png().toBuffer(),
    'grey PNG': () => again().toColourspace('b-w').png().toBuffer(),
    'grey PNG with alpha': () => again().toColourspace('b-w').ensureAlpha().png().toBuffer(),
    'interlaced PNG': () => again().png({ progressive: true }).toBuffer(),
    JPEG: () => again().jpeg().toBuffer(),
    'progressive JPEG': () => again().jpeg({ progressive: true }).toBuffer(),
    'CMYK JPEG': () => again().toColourspace('cmyk').jpeg().toBuffer(),
    'grey JPEG': () => again().toColourspace('b-w').jpeg().toBuffer(),
    WebP: () => again().webp().toBuffer(),
    'lossless WebP': () => again().webp({ lossless: true }).toBuffer(),
    GIF: () => again().gif().toBuffer(),
    'LZW TIFF': () => again().tiff({ compression: 'lzw' }).toBuffer(),
    'deflated TIFF': () => again().tiff({ compression: 'deflate' }).toBuffer(),
    'JPEG TIFF': () => again().tiff({ compression: 'jpeg' }).toBuffer(),
    'Lab TIFF': () => again().toColourspace('lab').tiff().toBuffer(),
  }
  return Object.entries(files).map(([name, make]) => ({
    name,
    family: 'image',
    make,
    want: ['ok'],
    shows: isSheet,
  }))
}

async function turned(): Promise<BadFile[]> {
  const flat = await sheet().png().toBuffer()
  return EXIF_STEPS.map((steps, n) => ({
    name: `EXIF orientation ${n + 1}`,
    family: 'image',
    make: async () => {
      let image = flat
      for (const step of steps) image = await step(sharp(image)).png().toBuffer()
      return sharp(image)
        .withMetadata({ orientation: n + 1 })
        .jpeg()
        .toBuffer()
    },
    want: ['ok'],
    shows: isSheet,
  }))
}

function sizes(): BadFile[] {
  const family = 'image size'
  const bits = (widthPx: number, heightPx: number, idat?: Buffer): Buffer =>
    pngFile({
      widthPx,
      heightPx,
      bitDepth: 1,
      colourType: 0,
      idat: idat ?? deflatedRun((Math.ceil(widthPx / 8) + 1) * heightPx),
    })
  const few = deflatedRun(1_000)
  const huge = 2 ** 31 - 1
  const files: [string, () => Buffer, readonly Outcome[]][] = [
    ['one pixel', () => tiny(1), ['empty']],
    ['1 x 30,000', () => tiny(30_000), ['empty']],
    ['black line, 40,000 x 10', () => bits(40_000, 10), ['ok']],
    ['PNG of 100,000 a side', () => bits(100_000, 100_000, few), ['IMAGE_DIMENSIONS']],
    ['PNG of 30,000 a side', () => bits(30_000, 30_000, few), ['IMAGE_DIMENSIONS']],
    ['PNG of the largest size', () => bits(huge, huge, few), [...CORRUPT, 'IMAGE_DIMENSIONS']],
    ['PNG of no size', () => bits(0, 0, few), CORRUPT],
    [
      'GIF of 65,535 a side',
      () => gifFile(65_535, 65_535, 1_000),
      ['ok', 'empty', 'IMAGE_DIMENSIONS'],
    ],
    [
      'TIFF of the largest size',
      () => tiffFile(1, { widthPx: huge, heightPx: huge }),
      ['IMAGE_DIMENSIONS', ...CORRUPT],
    ],
    [
      'TIFF of 60,000 a side',
      () => tiffFile(1, { widthPx: 60_000, heightPx: 60_000, stripBytes: 4_000_000_000 }),
      ['IMAGE_DIMENSIONS', ...CORRUPT],
    ],
    ['GIF of 50,000 frames', () => gifFile(16, 16, 50_000), ['ok', 'empty']],
    ['16 megapixels of noise', noise, ['ok']],
    ['TIFF of three pages', () => tiffFile(3), ['ok ok ok', 'empty empty empty']],
    ['TIFF of 10,000 pages', () => tiffFile(10_000), ['TOO_MANY_PAGES']],
    ['TIFF of 501 pages', () => tiffFile(501), ['TOO_MANY_PAGES']],
    ['TIFF whose pages are a ring', ring, ['any']],
    ['a bomb of 20 MB in a text chunk', textBomb, ['ok']],
  ]
  return files.map(([name, make, want]) => ({ name, family, make, want }))
}

/** A white line one pixel wide. */
function tiny(heightPx: number): Buffer {
  const idat = deflateSync(Buffer.alloc(heightPx * 2, Buffer.from([0, 0xff])))
  return pngFile({ widthPx: 1, heightPx, bitDepth: 8, colourType: 0, idat })
}

function noise(): Buffer {
  const random = seededRandom(4_096)
  const rows = Buffer.alloc(4_097 * 4_096)
  for (let at = 0; at < rows.length; at += 1) rows[at] = at % 4_097 === 0 ? 0 : random() * 256
  const idat = deflateSync(rows, { level: 1 })
  return pngFile({ widthPx: 4_096, heightPx: 4_096, bitDepth: 8, colourType: 0, idat })
}

function ring(): Buffer {
  const file = tiffFile(2)
  // The last four bytes say where the next page is.
  file.writeUInt32LE(file.readUInt32LE(4), file.length - 4)
  return file
}

function textBomb(): Buffer {
  const text = Buffer.concat([Buffer.from('Comment\0\0'), deflatedRun(20_000_000, 65)])
  const idat = deflatedRun(65 * 64)
  const chunks = [pngChunk('zTXt', text)]
  return pngFile({ widthPx: 64, heightPx: 64, bitDepth: 8, colourType: 0, idat, chunks })
}

async function disguised(): Promise<BadFile[]> {
  const family = 'polyglot'
  const png = await sheet().png().toBuffer()
  const behind = (tail: string | Buffer): Buffer => Buffer.concat([png, Buffer.from(tail)])
  return [
    {
      name: 'a script behind a PNG',
      family,
      make: () => behind('<?php system(1) ?>'),
      want: ['ok'],
      shows: isSheet,
    },
    {
      name: 'a PDF behind a PNG',
      family,
      make: () => behind(goodPdf()),
      want: ['ok'],
      shows: isSheet,
    },
    {
      name: 'a ZIP behind a PNG',
      family,
      make: () => behind('PK\x03\x04'),
      want: ['ok'],
      shows: isSheet,
    },
    {
      name: 'a PNG behind an ID3 tag',
      family,
      make: () => Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\x0a'), Buffer.alloc(10), png]),
      want: ['UNSUPPORTED_FILE_TYPE'],
    },
  ]
}

function notOurs(): BadFile[] {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
  const files: Record<string, string> = {
    SVG: svg,
    'SVG behind a declaration': `<?xml version="1.0"?>${svg}`,
    'SVG with an external entity': `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg}`,
    'SVG of a billion laughs': `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${svg}`,
    HTML: '<!doctype html><title>x</title>',
    ZIP: 'PK\x03\x04\x14\0\0\0\0\0',
    ELF: '\x7fELF\x02\x01\x01\0',
    EXE: 'MZ\x90\0\x03\0\0\0',
    AVIF: '\0\0\0\x20ftypavif\0\0\0\0avifmif1',
    HEIC: '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
    PostScript: '%!PS-Adobe-3.0\n',
    'the path of a file': '/etc/passwd',
    'text that begins with BM': 'BM is a language code, as everybody knows.',
    random: '\x13\x37\xc0\xff\xee\x00\x11\x22\x33\x44',
    'RIFF sound': 'RIFF\x24\0\0\0WAVEfmt ',
    gzip: '\x1f\x8b\x08\0\0\0\0\0\0\x03',
  }
  return Object.entries(files).map(([name, text]) => ({
    name,
    family: 'not read',
    make: () => Buffer.from(text, 'latin1'),
    want: ['UNSUPPORTED_FILE_TYPE'],
  }))
}
