import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  MAX_BASE64_BYTES,
  pngToSend,
  withinByteLimit,
} from '../../../../src/engines/model-page/page-png.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { drawPage } from '../../../support/draw-page.ts'
import { noisyPage } from '../../../support/noisy-page.ts'

const written = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])
const isRejected = (error: unknown): boolean =>
  error instanceof OcrError && error.code === 'ENGINE_REJECTED_REQUEST'

describe('pngToSend', () => {
  it('sends the page image itself', async () => {
    assert.equal(await pngToSend(written), written.png)
  })

  it('sends a share of the pixels', async () => {
    const png = Buffer.from(await pngToSend(written, 0.25))

    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [400, 300])
  })

  it('sends a page of too many bytes smaller, instead of failing it for good', async () => {
    const page = await noisyPage({ widthPx: 2_600, heightPx: 2_100 })

    const png = Buffer.from(await pngToSend(page))

    const pixels = png.readUInt32BE(16) * png.readUInt32BE(20)
    assert.ok(page.png.length * (4 / 3) > MAX_BASE64_BYTES)
    assert.ok(png.length * (4 / 3) <= MAX_BASE64_BYTES)
    assert.ok(Math.abs(pixels / (2_600 * 2_100) - 0.5) < 0.01, `${pixels} pixels`)
  })

  it('refuses what is no PNG', async () => {
    const jpeg = { ...written, png: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0]) }

    await assert.rejects(pngToSend(jpeg), isRejected)
  })
})

describe('withinByteLimit', () => {
  it('halves the share until the PNG is small enough', async () => {
    const shares: number[] = []

    const drawn = await withinByteLimit(0.5, (share) => {
      shares.push(share)
      return Promise.resolve({ share, png: new Uint8Array(share < 0.2 ? 10 : MAX_BASE64_BYTES) })
    })

    assert.equal(drawn.share, 0.125)
    assert.deepEqual(shares, [0.5, 0.25, 0.125])
  })

  it('gives up at a 64th', async () => {
    let count = 0

    const drawing = withinByteLimit(1, () => {
      count += 1
      return Promise.resolve({ png: new Uint8Array(MAX_BASE64_BYTES) })
    })

    await assert.rejects(drawing, isRejected)
    assert.equal(count, 7)
  })
})
