import { crc32, deflateSync } from 'node:zlib'

/*
 * Generates small PDFs and images, good and bad. Everything is built from
 * numbers, so that a test can vary sizes, filters and contents of a family of inputs.
 */

/** A PDF of these objects; the first is the catalog. */
export function pdfFile(objects: readonly (string | Buffer)[], head = '%PDF-1.7\n'): Buffer {
  const parts: Buffer[] = [Buffer.from(head, 'latin1')]
  const offsets: number[] = []
  let sizeBytes = head.length
  const push = (part: Buffer) => {
    parts.push(part)
    sizeBytes += part.length
  }
  for (const [n, body] of objects.entries()) {
    offsets.push(sizeBytes)
    push(Buffer.concat([latin1(`${n + 1} 0 obj\n`), bytesOf(body), latin1('\nendobj\n')]))
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const xrefOffset = sizeBytes
  push(latin1(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`))
  push(latin1(`trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\n`))
  push(latin1(`startxref\n${xrefOffset}\n%%EOF\n`))
  return Buffer.concat(parts)
}

/** A stream object with these dictionary entries. */
export function stream(entries: string, data: string | Buffer): Buffer {
  const bytes = bytesOf(data)
  const head = latin1(`<<${entries}/Length ${bytes.length}>>\nstream\n`)
  return Buffer.concat([head, bytes, latin1('\nendstream')])
}

/** Parts of a one-page PDF; objects of `extra` are numbered from 5. */
export type OnePage = {
  readonly content?: string | Buffer
  readonly contentEntries?: string
  readonly box?: string
  readonly resources?: string
  readonly pageEntries?: string
  readonly extra?: readonly (string | Buffer)[]
}

/** A PDF of one page. */
export function onePagePdf(page: OnePage = {}): Buffer {
  const box = page.box ?? '0 0 612 792'
  const resources = page.resources ?? ''
  return pdfFile([
    CATALOG,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[${box}]/Contents 4 0 R/Resources<<${resources}>>${page.pageEntries ?? ''}>>`,
    stream(page.contentEntries ?? '', page.content ?? ''),
    ...(page.extra ?? []),
  ])
}

/** A PDF whose pages have these contents. */
export function pagesPdf(contents: readonly (string | Buffer)[], contentEntries = ''): Buffer {
  const kids = contents.map((_, n) => `${3 + n * 2} 0 R`).join(' ')
  return pdfFile([
    CATALOG,
    `<</Type/Pages/Kids[${kids}]/Count ${contents.length}/MediaBox[0 0 612 792]/Resources<<${HELVETICA}>>>>`,
    ...contents.flatMap((content, n) => [
      `<</Type/Page/Parent 2 0 R/Contents ${4 + n * 2} 0 R>>`,
      Buffer.isBuffer(content) ? stream(contentEntries, content) : stream('', content),
    ]),
  ])
}

/** The usual first object. */
export const CATALOG = '<</Type/Catalog/Pages 2 0 R>>'

/** Resources with font F1. */
export const HELVETICA = '/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>'

/** Content that prints one line. */
export const HELLO = 'BT /F1 24 Tf 72 700 Td (HELLO) Tj ET'

/** A good file, for cutting and mutating. */
export const goodPdf = (): Buffer => onePagePdf({ content: HELLO, resources: HELVETICA })

/** Resources and content that draw object 5 over the whole page. */
export const DRAW_IMAGE = {
  content: 'q 612 0 0 792 0 0 cm /I Do Q',
  resources: '/XObject<</I 5 0 R>>',
} as const

/** An image object of a PDF. */
export function pdfImage(image: {
  widthPx: number
  heightPx: number
  colorSpace: string
  bitsPerComponent: number
  filter: string
  data: Buffer
}): Buffer {
  const size = `/Width ${image.widthPx}/Height ${image.heightPx}`
  const colour = `/ColorSpace/${image.colorSpace}/BitsPerComponent ${image.bitsPerComponent}`
  return stream(`/Type/XObject/Subtype/Image${size}${colour}/Filter${image.filter}`, image.data)
}

/** `n` equal bytes, deflated. */
export function deflatedRun(n: number, byte = 0): Buffer {
  // A deflated run of zeros repeats itself; level 6 on one buffer is fast enough up to 1 GB.
  return deflateSync(Buffer.alloc(n, byte))
}

/** A PNG of these compressed rows. */
export function pngFile(image: {
  widthPx: number
  heightPx: number
  bitDepth: number
  colourType: number
  idat: Buffer
  chunks?: readonly Buffer[]
}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(image.widthPx, 0)
  header.writeUInt32BE(image.heightPx, 4)
  header[8] = image.bitDepth
  header[9] = image.colourType
  return Buffer.concat([
    latin1('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', header),
    ...(image.chunks ?? []),
    pngChunk('IDAT', image.idat),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** A chunk of a PNG. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([latin1(type), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

/** A GIF of `frames` frames of one pixel each. */
export function gifFile(widthPx: number, heightPx: number, frames: number): Buffer {
  const head = Buffer.from(
    '474946383961 00000000 80 00 00 000000 ffffff'.replaceAll(' ', ''),
    'hex',
  )
  head.writeUInt16LE(widthPx, 6)
  head.writeUInt16LE(heightPx, 8)
  const frame = '21f904000100000 02c000000000100010000 0202440100'.replaceAll(' ', '')
  const body = Buffer.from(frame.repeat(frames), 'hex')
  return Buffer.concat([head, body, Buffer.from(';')])
}

/** A TIFF of `pages` uncompressed pages that share one strip. */
export function tiffFile(
  pages: number,
  image: { widthPx?: number; heightPx?: number; data?: Buffer; stripBytes?: number } = {},
): Buffer {
  const { widthPx = 16, heightPx = 16, data = Buffer.alloc(32) } = image
  const tags = [
    [256, widthPx],
    [257, heightPx],
    [258, 1],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, heightPx],
    [279, image.stripBytes ?? data.length],
  ] as const
  const directoryBytes = 2 + tags.length * 12 + 4
  const file = Buffer.alloc(8 + data.length + directoryBytes * pages)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(8 + data.length, 4)
  data.copy(file, 8)
  for (let page = 0; page < pages; page += 1) {
    const at = 8 + data.length + page * directoryBytes
    file.writeUInt16LE(tags.length, at)
    for (const [n, [tag, value]] of tags.entries()) {
      const entry = at + 2 + n * 12
      file.writeUInt16LE(tag, entry)
      file.writeUInt16LE(4, entry + 2)
      file.writeUInt32LE(1, entry + 4)
      file.writeUInt32LE(value, entry + 8)
    }
    const next = page === pages - 1 ? 0 : at + directoryBytes
    file.writeUInt32LE(next, at + 2 + tags.length * 12)
  }
  return file
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function bytesOf(data: string | Buffer): Buffer {
  return typeof data === 'string' ? latin1(data) : data
}
