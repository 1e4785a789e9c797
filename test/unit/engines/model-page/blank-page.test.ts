import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCanvas } from '@napi-rs/canvas'
import { isBlankPage } from '../../../../src/engines/model-page/blank-page.ts'
import { drawPage } from '../../../support/draw-page.ts'

const A4 = { widthPx: 1654, heightPx: 2339 }
const SCAN = { widthPx: 827, heightPx: 1169 }

describe('isBlankPage', () => {
  for (const [what, background] of [
    ['a white page', '#ffffff'],
    ['yellowed paper', '#efe6cf'],
    ['a black page', '#000000'],
  ] as const) {
    it(`takes ${what} for blank`, async () => {
      assert.equal(await isBlankPage(drawPage([], { ...SCAN, background }).png), true)
    })
  }

  for (const size of [SCAN, { widthPx: 600, heightPx: 800 }]) {
    it(`takes scanner noise with specks and a shadow for blank at ${size.widthPx} px`, async () => {
      assert.equal(await isBlankPage(drawScannedPaper(size)), true)
    })
  }

  for (const [what, line] of [
    ['one line of small print', { text: 'This page is left blank.', sizePx: 18 }],
    ['a page number', { text: '3', sizePx: 28 }],
    ['a grey Chinese remark', { text: '本页空白', sizePx: 28, color: '#a0a0a0' }],
  ] as const) {
    it(`does not take ${what} for blank`, async () => {
      const page = drawPage([{ xPx: 800, yPx: 2200, ...line }], A4)

      assert.equal(await isBlankPage(page.png), false)
    })
  }

  it('does not take white print on black for blank', async () => {
    const line = { text: 'Appendix', xPx: 300, yPx: 500, color: '#ffffff' }

    const page = drawPage([line], { ...SCAN, background: '#000000' })

    assert.equal(await isBlankPage(page.png), false)
  })

  it('does not take print on a noisy scan for blank', async () => {
    assert.equal(await isBlankPage(drawScannedPaper(SCAN, 'Appendix B')), false)
  })
})

/** Off-white paper that darkens towards one edge, with grain of about 8 levels and ten specks. */
function drawScannedPaper(size: { widthPx: number; heightPx: number }, text = ''): Buffer {
  const { widthPx, heightPx } = size
  const canvas = createCanvas(widthPx, heightPx)
  const context = canvas.getContext('2d')
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, widthPx, heightPx)
  context.fillStyle = '#202020'
  context.font = '24px sans-serif'
  context.fillText(text, widthPx / 2, heightPx / 2)
  const speckPx = widthPx / 550
  for (let speck = 1; speck <= 10; speck += 1) {
    context.fillRect((widthPx * speck) / 11, (heightPx * ((speck * 7) % 11)) / 11, speckPx, speckPx)
  }
  const pixels = context.getImageData(0, 0, widthPx, heightPx)
  let state = 7
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  for (let offset = 0; offset < pixels.data.length; offset += 4) {
    const grain = (random() + random() + random() + random() - 2) * 14
    const shadow = 40 * Math.max(0, 1 - ((offset / 4) % widthPx) / (widthPx * 0.1))
    const value = (pixels.data[offset] ?? 0) - 14 - shadow + grain
    pixels.data.set([value, value, value, 255], offset)
  }
  context.putImageData(pixels, 0, 0)
  return canvas.toBuffer('image/png')
}
