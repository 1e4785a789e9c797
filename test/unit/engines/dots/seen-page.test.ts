import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toPagePixels, toSentPixels } from '../../../../src/engines/dots/seen-page.ts'

const PAGE = {
  image: { widthPx: 1654, heightPx: 2339 },
  sent: { widthPx: 1652, heightPx: 2352 },
}

describe('toPagePixels', () => {
  it('maps a box of the model back, towards zero', () => {
    assert.deepEqual(toPagePixels([100, 200, 300, 400], PAGE), [100, 198, 300, 397])
  })
})

describe('toSentPixels', () => {
  it('maps a box of the caller to what the model sees, towards zero', () => {
    assert.deepEqual(toSentPixels([100, 200, 300, 400], PAGE), [99, 201, 299, 402])
  })

  it('leaves a box as it is where the image is sent as it is', () => {
    const page = { image: PAGE.sent, sent: PAGE.sent }

    assert.deepEqual(toSentPixels([307, 91, 1204, 163], page), [307, 91, 1204, 163])
  })
})
