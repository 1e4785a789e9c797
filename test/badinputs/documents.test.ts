import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import type { DocumentLimits } from '../../src/documents/limits.ts'
import { OcrError } from '../../src/platform/errors.ts'
import {
  CATALOG,
  DRAW_IMAGE,
  HELLO,
  HELVETICA,
  deflatedRun,
  gifFile,
  goodPdf,
  onePagePdf,
  pagesPdf,
  pdfFile,
  pdfImage,
  pngFile,
  stream,
  tiffFile,
} from '../support/pdf-kernel.ts'
import { drawBytes, drawFirst, inspectBytes, pixelAt } from '../support/drawn-file.ts'

/*
 * Bombs and wrecks that need seconds each. Which of the two guards stops
 * a bomb first depends on the machine, so either is right, and nothing else.
 */
const GUARD_CODES = ['TOO_COMPLEX', 'PAGE_TIMEOUT']
const SHORT: Partial<DocumentLimits> = { drawMaxRssBytes: 400e6, drawWallClockMs: 4000 }

async function codeOf(pdf: Buffer, limits: Partial<DocumentLimits> = SHORT): Promise<string> {
  const [page] = await drawBytes(pdf, 'pdf', { limits })
  assert.ok(page !== undefined)
  return 'code' in page ? page.code : ['drawn', ...page.warnings].join(' ')
}

const isGuarded = async (pdf: Buffer) => {
  const code = await codeOf(pdf)
  assert.ok(GUARD_CODES.includes(code), code)
}

const flate = { contentEntries: '/Filter/FlateDecode' }

describe('bombs', () => {
  it('content that inflates to a gigabyte', async () => {
    const once = deflatedRun(2 ** 30, 32)

    await isGuarded(onePagePdf({ ...flate, content: once }))
    await isGuarded(
      onePagePdf({
        contentEntries: '/Filter[/FlateDecode/FlateDecode]',
        content: deflateSync(once),
      }),
    )
  })

  it('twelve levels of forms that draw the next ten times', async () => {
    const form = (n: number) =>
      stream(
        `/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</I ${n + 1} 0 R>>>>`,
        n === 16 ? '0 0 1 1 re f' : '/I Do '.repeat(10),
      )
    const forms = Array.from({ length: 12 }, (_, n) => form(n + 5))

    await isGuarded(onePagePdf({ ...DRAW_IMAGE, extra: forms }))
  })

  it('five million operators', async () => {
    const content = deflateSync(Buffer.from('0 0 m 9 9 l S\n'.repeat(5_000_000)))

    await isGuarded(onePagePdf({ ...flate, content }))
  })

  it('an image of 30,000 x 30,000 pixels in 5 KB', async () => {
    const data = deflateSync(deflatedRun(2_000_000_000))
    const image = pdfImage({
      widthPx: 30_000,
      heightPx: 30_000,
      colorSpace: 'DeviceRGB',
      bitsPerComponent: 8,
      filter: '[/FlateDecode/FlateDecode]',
      data,
    })

    assert.equal(await codeOf(onePagePdf({ ...DRAW_IMAGE, extra: [image] })), 'IMAGE_TOO_LARGE')
  })

  it('fax and JBIG2 images of 60,000 x 60,000 pixels', async () => {
    for (const filter of ['/CCITTFaxDecode', '/JBIG2Decode']) {
      const image = pdfImage({
        widthPx: 60_000,
        heightPx: 60_000,
        colorSpace: 'DeviceGray',
        bitsPerComponent: 1,
        filter,
        data: Buffer.alloc(64),
      })

      assert.equal(await codeOf(onePagePdf({ ...DRAW_IMAGE, extra: [image] })), 'IMAGE_TOO_LARGE')
    }
  })

  it('a page among others that never ends', async () => {
    const endless = deflateSync(Buffer.from('q '.repeat(5_000_000)))
    const plain = deflateSync(Buffer.from(HELLO))
    const pdf = pagesPdf([plain, plain, endless, plain, plain], flate.contentEntries)

    const pages = await drawBytes(pdf, 'pdf', { pages: [1, 2, 3, 4, 5], limits: SHORT })

    assert.deepEqual(
      pages.map((page) => 'image' in page),
      [true, true, false, true, true],
    )
  })
})

describe('large but legal', () => {
  it('draws a scan of 9,000 x 9,000 pixels, all of it', async () => {
    const image = pdfImage({
      widthPx: 9000,
      heightPx: 9000,
      colorSpace: 'DeviceRGB',
      bitsPerComponent: 8,
      filter: '/FlateDecode',
      data: deflatedRun(243_000_000),
    })

    const page = await drawFirst(onePagePdf({ ...DRAW_IMAGE, extra: [image] }), 'pdf', { dpi: 200 })

    assert.deepEqual(page.warnings, [])
    for (const [x, y] of [
      [0, 0],
      [1699, 0],
      [850, 1100],
      [0, 2199],
      [1699, 2199],
    ] as const) {
      assert.deepEqual(pixelAt(page, x, y), [0, 0, 0], `${x}, ${y}`)
    }
  })

  it('opens a page tree 20,000 levels deep', async () => {
    const depth = 20_000
    const levels = Array.from(
      { length: depth },
      (_, n) => `<</Type/Pages/Kids[${n + 3} 0 R]/Count 1>>`,
    )
    const page = `<</Type/Page/Parent ${depth + 1} 0 R/MediaBox[0 0 99 99]>>`

    assert.equal(await inspectBytes(pdfFile([CATALOG, ...levels, page]), 'pdf'), 1)
  })

  it('draws a tiling pattern of tiny steps, or gives up in time', async () => {
    const tile = stream(
      '/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<<>>',
      '0 0 1 1 re f',
    )
    const code = await codeOf(
      onePagePdf({
        content: '/Pattern cs /P scn 0 0 612 792 re f',
        resources: '/Pattern<</P 5 0 R>>',
        extra: [tile],
      }),
      { drawWallClockMs: 20_000 },
    )

    assert.ok(['drawn', ...GUARD_CODES].includes(code), code)
  })
})

describe('images', () => {
  const failsAs = (promise: Promise<unknown>, code: string) =>
    assert.rejects(promise, (error) => error instanceof OcrError && error.code === code)

  it('reports 10 gigapixels from the header', async () => {
    const idat = deflatedRun(1_000_000)
    const bomb = pngFile({ widthPx: 100_000, heightPx: 100_000, bitDepth: 1, colourType: 0, idat })

    await failsAs(inspectBytes(bomb, 'png'), 'IMAGE_DIMENSIONS')
  })

  it('reports a TIFF of 10,000 pages before any is read', async () => {
    await failsAs(inspectBytes(tiffFile(10_000), 'tiff'), 'TOO_MANY_PAGES')
  })

  it('reads only the first of 50,000 frames', async () => {
    assert.deepEqual((await drawFirst(gifFile(16, 16, 50_000), 'gif')).warnings, [])
  })

  it('draws 16 megapixels of noise', async () => {
    const rows = randomBytes(4097 * 4096)
    for (let row = 0; row < 4096; row += 1) rows[row * 4097] = 0
    const idat = deflateSync(rows, { level: 1 })
    const noise = pngFile({ widthPx: 4096, heightPx: 4096, bitDepth: 8, colourType: 0, idat })

    const page = await drawFirst(noise, 'png')

    assert.deepEqual(
      pixelAt(page, 0, 0),
      Array.from({ length: 3 }, () => rows[1]),
    )
  })
})

describe('mutated files', () => {
  it('end with some code or a picture, and never take us along', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = generator(seed)
    const good = onePagePdf({ content: HELLO, resources: HELVETICA, pageEntries: '/Rotate 90' })

    for (let round = 0; round < 20; round += 1) {
      const bytes = Buffer.from(round % 2 === 0 ? good : goodPdf())
      const flips = 1 + Math.floor(random() * 50)
      for (let n = 0; n < flips; n += 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      }

      const [page] = await drawBytes(bytes, 'pdf', { limits: { drawWallClockMs: 10_000 } })

      assert.ok(page !== undefined, `seed ${seed}, round ${round}`)
    }
  })
})

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
