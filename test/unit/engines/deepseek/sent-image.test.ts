import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { imageToSend } from '../../../../src/engines/deepseek/sent-image.ts'
import { MAX_BASE64_BYTES } from '../../../../src/engines/model-page/page-png.ts'
import { drawPage } from '../../../support/draw-page.ts'
import { noisyPage } from '../../../support/noisy-page.ts'

describe('imageToSend', () => {
  it('sends a page as it is', async () => {
    const page = drawPage([])

    const sent = await imageToSend(page)

    assert.deepEqual(sent, { widthPx: 800, heightPx: 600, png: page.png })
  })

  it('makes no more of a large page than the model can see', async () => {
    const page = drawPage([], { widthPx: 4000, heightPx: 3000 })

    const { widthPx, heightPx } = await imageToSend(page)

    assert.deepEqual([widthPx, heightPx], [2828, 2121])
  })

  it('says the size of the PNG that it made', async () => {
    for (const share of [0.5, 0.25] as const) {
      const { widthPx, heightPx, png } = await imageToSend(drawPage([]), share)

      const header = Buffer.from(png)
      assert.deepEqual([header.readUInt32BE(16), header.readUInt32BE(20)], [widthPx, heightPx])
    }
  })

  it('sends a quarter of the pixels within one tile', async () => {
    const { widthPx, heightPx } = await imageToSend(
      drawPage([], { widthPx: 1654, heightPx: 2339 }),
      0.25,
    )

    assert.deepEqual([widthPx, heightPx], [452, 640])
  })

  it('keeps a pixel of a very thin image', async () => {
    const { widthPx, heightPx } = await imageToSend(
      drawPage([], { widthPx: 5000, heightPx: 2 }),
      0.25,
    )

    assert.deepEqual([widthPx, heightPx], [640, 1])
  })

  it('sends fewer pixels of a page that is too many bytes, and says how many', async () => {
    const page = await noisyPage({ widthPx: 2240, heightPx: 2492 })

    const { png, widthPx, heightPx } = await imageToSend(page)

    assert.ok(Math.ceil(png.byteLength / 3) * 4 <= MAX_BASE64_BYTES)
    assert.deepEqual([widthPx, heightPx], [1583, 1762])
    const header = Buffer.from(png)
    assert.deepEqual([header.readUInt32BE(16), header.readUInt32BE(20)], [widthPx, heightPx])
  })

  it('refuses what is not a PNG', async () => {
    const page = { ...drawPage([]), png: Buffer.from('%PDF-1.7') }

    await assert.rejects(imageToSend(page), { code: 'ENGINE_REJECTED_REQUEST' })
  })
})
