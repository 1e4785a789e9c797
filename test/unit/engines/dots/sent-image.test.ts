import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import sharp from 'sharp'
import { toSentImage } from '../../../../src/engines/dots/sent-image.ts'
import { MAX_BASE64_BYTES } from '../../../../src/engines/model-page/page-png.ts'
import { drawPage } from '../../../support/draw-page.ts'
import { noisyPage } from '../../../support/noisy-page.ts'

describe('toSentImage', () => {
  it('sends an image of the right size as it is', async () => {
    const page = drawPage([], { widthPx: 392, heightPx: 616 })

    assert.deepEqual(await toSentImage(page, 1), { png: page.png, widthPx: 392, heightPx: 616 })
  })

  for (const [what, size] of [
    ['of the right size', { widthPx: 2240, heightPx: 2492 }],
    ['that is resized', { widthPx: 2250, heightPx: 2500 }],
  ] as const) {
    it(`sends fewer pixels of a page ${what} that is too many bytes, in multiples of 28`, async () => {
      const page = await noisyPage(size)

      const { png, widthPx, heightPx } = await toSentImage(page, 1)

      assert.ok(Math.ceil(png.byteLength / 3) * 4 <= MAX_BASE64_BYTES)
      assert.ok(widthPx * heightPx > 0.4 * size.widthPx * size.heightPx)
      assert.deepEqual([widthPx % 28, heightPx % 28], [0, 0])
      const { width, height } = await sharp(png).metadata()
      assert.deepEqual([width, height], [widthPx, heightPx])
    })
  }
})
