import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MediaType } from '../../../src/contract/document.ts'
import { inspectFile } from '../../../src/documents/inspect-file.ts'
import { OcrError, isAbortError } from '../../../src/platform/errors.ts'
import {
  CATALOG,
  deflatedRun,
  gifFile,
  goodPdf,
  onePagePdf,
  pdfFile,
  pngFile,
  tiffFile,
} from '../../support/pdf-kernel.ts'
import { inspectBytes, type DrawOptions } from '../../support/drawn-file.ts'

const pdf = (bytes: Uint8Array | string, options: DrawOptions = {}) =>
  inspectBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 'pdf', options)

const failsAs = (inspection: Promise<unknown>, ...codes: string[]) =>
  assert.rejects(inspection, (error) => {
    assert.ok(error instanceof OcrError, String(error))
    assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`)
    return true
  })

const pageTree = (kids: string, count: string, pages = 1) =>
  pdfFile([
    CATALOG,
    `<</Type/Pages/Kids[${kids}]/Count ${count}>>`,
    ...Array.from({ length: pages }, () => '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>'),
  ])

describe('inspectFile', () => {
  it('counts the pages of a PDF', async () => {
    assert.equal(await pdf(goodPdf()), 1)
    assert.equal(await pdf(pageTree('3 0 R 4 0 R 5 0 R', '3', 3)), 3)
  })

  it('does not believe a count that the page tree does not bear out', async () => {
    assert.equal(await pdf(pageTree('3 0 R', '100000')), 1)
    await failsAs(pdf(pageTree('3 0 R', '-5')), 'CORRUPT_PDF')
  })

  it('reports a PDF without pages as EMPTY_DOCUMENT', async () => {
    await failsAs(pdf(pageTree('', '0', 0)), 'EMPTY_DOCUMENT')
  })

  it('reports too many pages before anything is drawn', async () => {
    const file = pageTree('3 0 R '.repeat(100_000), '100000')

    await failsAs(pdf(file, { maxPages: 500 }), 'TOO_MANY_PAGES')
    await failsAs(pdf(pageTree('3 0 R 4 0 R', '2', 2), { maxPages: 1 }), 'TOO_MANY_PAGES')
  })

  it('reports a damaged PDF as CORRUPT_PDF', async () => {
    await failsAs(pdf('%PDF-1.7\n'), 'CORRUPT_PDF')
    await failsAs(pdf(goodPdf().subarray(0, 150)), 'CORRUPT_PDF')
    await failsAs(pdf(pageTree('2 0 R', '1')), 'CORRUPT_PDF')
    await failsAs(pdf(onePagePdf({ pageEntries: `/A ${'['.repeat(200_000)}` })), 'CORRUPT_PDF')
  })

  it('opens files that only need mending', async () => {
    const good = goodPdf()
    const withoutXref = good.subarray(0, good.indexOf('xref\n'))
    const selfPrevious = Buffer.from(
      good.toString('latin1').replace('/Root', `/Prev ${good.indexOf('xref\n')}/Root`),
      'latin1',
    )

    assert.equal(await pdf(selfPrevious), 1)
    await failsAs(pdf(withoutXref), 'CORRUPT_PDF')
  })

  it('counts the pages of a TIFF, and one frame of a GIF', async () => {
    assert.equal(await inspectBytes(tiffFile(3), 'tiff'), 3)
    assert.equal(await inspectBytes(gifFile(16, 16, 200), 'gif'), 1)
    await failsAs(inspectBytes(tiffFile(600), 'tiff', { maxPages: 500 }), 'TOO_MANY_PAGES')
  })

  it('reports too many pixels from the header', async () => {
    const bomb = pngFile({
      widthPx: 30_000,
      heightPx: 30_000,
      bitDepth: 1,
      colourType: 0,
      idat: deflatedRun(100),
    })

    await failsAs(inspectBytes(bomb, 'png'), 'IMAGE_DIMENSIONS')
  })

  it('obeys the longest side of the caller, unless it wants the image shrunk', async () => {
    const image = pngFile({
      widthPx: 300,
      heightPx: 10,
      bitDepth: 1,
      colourType: 0,
      idat: deflatedRun(390),
    })

    await failsAs(inspectBytes(image, 'png', { maxImageSidePx: 299 }), 'IMAGE_DIMENSIONS')
    assert.equal(await inspectBytes(image, 'png', { maxImageSidePx: 300 }), 1)
    assert.equal(await inspectBytes(image, 'png', { maxImageSidePx: 299, downscale: true }), 1)
  })

  it('reports an unreadable image as CORRUPT_IMAGE', async () => {
    const noImage: readonly MediaType[] = ['png', 'jpeg', 'tiff', 'webp', 'gif', 'bmp']

    for (const mediaType of noImage) {
      await failsAs(inspectBytes(Buffer.from('no image at all'), mediaType), 'CORRUPT_IMAGE')
    }
  })

  it('reads nothing but the format that the file has', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'

    await failsAs(inspectBytes(Buffer.from(svg), 'png'), 'CORRUPT_IMAGE')
    await failsAs(inspectBytes(tiffFile(1), 'png'), 'CORRUPT_IMAGE')
  })

  it('is stopped by its guards', async () => {
    await failsAs(pdf(goodPdf(), { limits: { inspectMaxRssBytes: 30e6 } }), 'TOO_COMPLEX')
    await failsAs(pdf(goodPdf(), { limits: { inspectWallClockMs: 20 } }), 'PAGE_TIMEOUT')
  })

  it('reports a file that is gone as PROGRAM_FAILED', async () => {
    const file = {
      path: '/nowhere/at/all',
      mediaType: 'png',
      password: null,
      maxImageSidePx: null,
    } as const
    const options = { maxPages: 1, signal: new AbortController().signal }

    await failsAs(inspectFile(file, options), 'PROGRAM_FAILED')
    await assert.rejects(
      inspectFile(file, { ...options, signal: AbortSignal.abort() }),
      isAbortError,
    )
  })
})
