import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DOCUMENT_LIMITS } from '../../../src/documents/limits.ts'
import { fitImage, fitPage, plausibleDpi } from '../../../src/documents/page-size.ts'

const A4 = { widthPt: 595.276, heightPt: 841.89 }
const IMAGE_LIMITS = { ...DOCUMENT_LIMITS, maxImageSidePx: null }

describe('fitPage', () => {
  it('draws an ordinary page at the resolution asked for', () => {
    assert.deepEqual(fitPage(A4, 200, DOCUMENT_LIMITS), { widthPx: 1654, heightPx: 2339, dpi: 200 })
  })

  it('lowers the resolution of a large page to fit 40 megapixels', () => {
    const size = fitPage({ widthPt: 2384, heightPt: 3370 }, 200, DOCUMENT_LIMITS)

    assert.deepEqual(size, { widthPx: 5298, heightPx: 7489, dpi: 160 })
  })

  it('lowers the resolution of a long page to fit the longest side', () => {
    const size = fitPage({ widthPt: 100, heightPt: 8000 }, 200, DOCUMENT_LIMITS)

    assert.deepEqual(size, { widthPx: 204, heightPx: 16_333, dpi: 147 })
  })

  it('refuses a page that would fall below 72 dpi', () => {
    assert.equal(fitPage({ widthPt: 14_400, heightPt: 14_400 }, 200, DOCUMENT_LIMITS), null)
    assert.equal(fitPage({ widthPt: 1e9, heightPt: 1e9 }, 200, DOCUMENT_LIMITS), null)
    assert.equal(fitPage({ widthPt: 200_000, heightPt: 1 }, 200, DOCUMENT_LIMITS), null)
    assert.equal(fitPage({ widthPt: Infinity, heightPt: 1 }, 200, DOCUMENT_LIMITS), null)
    assert.equal(fitPage({ widthPt: Number.NaN, heightPt: 1 }, 200, DOCUMENT_LIMITS), null)
  })

  it('gives a tiny page at least one pixel', () => {
    const size = fitPage({ widthPt: 0.1, heightPt: 0.1 }, 72, DOCUMENT_LIMITS)

    assert.deepEqual(size, { widthPx: 1, heightPx: 1, dpi: 72 })
  })
})

describe('fitImage', () => {
  it('keeps the pixels of an ordinary image', () => {
    const image = { widthPx: 2480, heightPx: 3508, dpi: 300 }

    assert.deepEqual(fitImage(image, 1, IMAGE_LIMITS), image)
  })

  it('shrinks what exceeds 40 megapixels, and its resolution with it', () => {
    const size = fitImage({ widthPx: 10_000, heightPx: 10_000, dpi: 600 }, 1, IMAGE_LIMITS)

    assert.deepEqual(size, { widthPx: 6325, heightPx: 6325, dpi: 379 })
  })

  it('shrinks to the longest side that the caller allows', () => {
    const limits = { ...DOCUMENT_LIMITS, maxImageSidePx: 4096 }
    const size = fitImage({ widthPx: 8192, heightPx: 100, dpi: 200 }, 1, limits)

    assert.deepEqual(size, { widthPx: 4096, heightPx: 50, dpi: 100 })
  })

  it('keeps one pixel of a hair line', () => {
    const size = fitImage({ widthPx: 1, heightPx: 30_000, dpi: 200 }, 1, IMAGE_LIMITS)

    assert.deepEqual(size, { widthPx: 1, heightPx: 16_384, dpi: 109 })
  })
})

describe('plausibleDpi', () => {
  const scan = { widthPx: 1240, heightPx: 1754 }

  it('believes a resolution that gives a page', () => {
    assert.equal(plausibleDpi(scan, 150), 150)
    assert.equal(plausibleDpi({ widthPx: 2480, heightPx: 3508 }, 299.999), 300)
    assert.equal(plausibleDpi({ widthPx: 1024, heightPx: 768 }, 72), 72)
  })

  it('guesses an A4 page where the file says nothing or nonsense', () => {
    assert.equal(plausibleDpi(scan, null), 150)
    assert.equal(plausibleDpi(scan, 25.4), 150)
    assert.equal(plausibleDpi(scan, 72), 150)
    assert.equal(plausibleDpi(scan, 1), 150)
    assert.equal(plausibleDpi(scan, 1200), 150)
    assert.equal(plausibleDpi(scan, 1e6), 150)
  })

  it('stays between 72 and 1,200', () => {
    assert.equal(plausibleDpi({ widthPx: 1, heightPx: 1 }, null), 72)
    assert.equal(plausibleDpi({ widthPx: 60_000, heightPx: 2000 }, null), 1200)
  })
})
