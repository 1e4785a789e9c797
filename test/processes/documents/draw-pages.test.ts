import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { drawPages } from '../../../src/documents/draw-pages.ts'
import { HELLO, HELVETICA, goodPdf, onePagePdf, pagesPdf } from '../../support/pdf-kernel.ts'
import { darkPixels, drawBytes, drawFirst, pixelAt } from '../../support/drawn-file.ts'

// Never ends, in a loop that never yields.
const ENDLESS = 'q '.repeat(3_000_000)
const BLACK_SQUARE = '0 g 0 0 100 100 re f'

describe('drawPages', () => {
  it('draws a page on white at the resolution asked for, and says so in the file', async () => {
    const page = await drawFirst(onePagePdf({ content: BLACK_SQUARE, box: '0 0 360 720' }), 'pdf', {
      dpi: 144,
    })

    assert.deepEqual([page.image.widthPx, page.image.heightPx, page.image.dpi], [720, 1440, 144])
    assert.equal(page.pngDpi, 144)
    assert.deepEqual(page.warnings, [])
    assert.deepEqual(pixelAt(page, 100, 1340), [0, 0, 0])
    assert.deepEqual(pixelAt(page, 300, 1340), [255, 255, 255])
  })

  it('draws text in the standard fonts', async () => {
    assert.ok(darkPixels(await drawFirst(goodPdf(), 'pdf')) > 300)
  })

  it('obeys /Rotate and user units', async () => {
    const box = '0 0 300 600'
    const turned = await drawFirst(
      onePagePdf({ content: BLACK_SQUARE, box, pageEntries: '/Rotate 90' }),
      'pdf',
    )
    const large = await drawFirst(onePagePdf({ box, pageEntries: '/UserUnit 2' }), 'pdf')

    assert.deepEqual([turned.image.widthPx, turned.image.heightPx], [600, 300])
    assert.deepEqual(pixelAt(turned, 50, 50), [0, 0, 0])
    assert.deepEqual([large.image.widthPx, large.image.heightPx], [600, 1200])
  })

  it('lowers the resolution of a large page and says so', async () => {
    const page = await drawFirst(onePagePdf({ box: '0 0 720 720' }), 'pdf', {
      dpi: 200,
      limits: { maxPageSidePx: 1000 },
    })

    assert.deepEqual([page.image.widthPx, page.image.dpi], [1000, 100])
    assert.deepEqual(page.warnings, ['DPI_LOWERED'])
  })

  it('refuses boxes that no canvas can hold', async () => {
    for (const box of ['0 0 1000000000 1000000000', '0 0 14400 14400', '0 0 200000 1']) {
      const [page] = await drawBytes(onePagePdf({ box }), 'pdf', { dpi: 200 })

      assert.ok(page !== undefined && 'code' in page, box)
      assert.equal(page.code, 'PAGE_TOO_LARGE', box)
    }
  })

  it('yields pages in the order asked for, and those that do not exist with a code', async () => {
    const pdf = pagesPdf([HELLO, BLACK_SQUARE])

    const pages = await drawBytes(pdf, 'pdf', { pages: [2, 7, 1] })

    assert.deepEqual(
      pages.map((page) => page.page),
      [2, 7, 1],
    )
    assert.deepEqual(
      pages.map((page) => 'code' in page && page.code),
      [false, 'CORRUPT_PDF', false],
    )
  })

  it('delivers the pages around one that never ends, after two kills', async () => {
    const pdf = pagesPdf([HELLO, HELLO, ENDLESS, HELLO, HELLO])

    const pages = await drawBytes(pdf, 'pdf', {
      pages: [1, 2, 3, 4, 5],
      limits: { drawWallClockMs: 7_000 },
    })

    const codes = pages.map((page) => ('code' in page ? page.code : 'ok'))
    assert.deepEqual(codes, ['ok', 'ok', 'PAGE_TIMEOUT', 'ok', 'ok'])
  })

  it('draws a page that is too much for its child once more at half the resolution', async () => {
    // 60 MB of canvas and as much again for its pixels, against 15 MB at half the resolution.
    const pdf = onePagePdf({ content: BLACK_SQUARE, box: '0 0 1400 1400' })

    const page = await drawFirst(pdf, 'pdf', { dpi: 201, limits: { drawMaxRssBytes: 200e6 } })

    assert.deepEqual(page.warnings, ['RETRIED_SMALLER'])
    assert.deepEqual([page.image.widthPx, page.image.dpi], [1944, 100])
  })

  it('goes on with a fresh child when one is used up or has grown', async () => {
    const pdf = pagesPdf([HELLO, HELLO, HELLO])
    const pages = [1, 2, 3]

    const used = await drawBytes(pdf, 'pdf', { pages, limits: { pagesPerChild: 1 } })
    const grown = await drawBytes(pdf, 'pdf', { pages, limits: { recycleRssBytes: 1 } })

    assert.equal(used.filter((page) => 'image' in page).length, 3)
    assert.equal(grown.filter((page) => 'image' in page).length, 3)
  })

  it('gives every page the code of a document that cannot be opened', async () => {
    const pages = await drawBytes(Buffer.from('%PDF-1.7\n'), 'pdf', { pages: [1, 2] })

    assert.deepEqual(
      pages.map((page) => 'code' in page && page.code),
      ['CORRUPT_PDF', 'CORRUPT_PDF'],
    )
  })

  it('ignores scripts and launch actions', async () => {
    const pdf = onePagePdf({
      content: HELLO,
      resources: HELVETICA,
      pageEntries: '/AA<</O<</S/JavaScript/JS(app.alert(1))>>/C<</S/Launch/F(/bin/false)>>>>',
    })

    assert.deepEqual((await drawFirst(pdf, 'pdf')).warnings, [])
  })

  it('stops at once and leaves no file of the page when the signal fires', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'durable-ocr-test-'))
    const path = join(directory, 'source.pdf')
    await writeFile(path, pagesPdf([HELLO, ENDLESS]))
    const controller = new AbortController()
    const drawing = drawPages(
      { path, mediaType: 'pdf', password: null, maxImageSidePx: null },
      { pages: [1, 2], dpi: 72, directory, signal: controller.signal },
    )

    const first = await drawing.next()
    const second = drawing.next()
    const abortedAtMs = performance.now()
    controller.abort(new Error('cancelled by test'))

    await assert.rejects(second, /cancelled by test/)
    assert.ok(performance.now() - abortedAtMs < 15_000)
    assert.equal(first.done, false)
    assert.deepEqual((await readdir(directory)).toSorted(), ['page-1.png', 'source.pdf'])
    await rm(directory, { recursive: true })
  })
})
