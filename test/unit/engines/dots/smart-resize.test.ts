import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  MAX_IMAGE_PIXELS,
  roundHalfEven,
  smartResize,
} from '../../../../src/engines/dots/smart-resize.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

// Width and height, the same resized, and the tokens that the model's processor makes of it.
const VECTORS = [
  [1654, 2339, 1652, 2352, 4956],
  [2480, 3508, 2492, 3500, 11_125],
  [4961, 7016, 2800, 3976, 14_200],
  [1275, 1650, 1288, 1652, 2714],
  [612, 792, 616, 784, 616],
  [4096, 4096, 3332, 3332, 14_161],
  [70, 70, 56, 56, 4],
  [42, 98, 56, 112, 8],
  [14, 14, 56, 56, 4],
  [10, 50, 28, 140, 5],
  [30, 3000, 28, 2996, 107],
] as const

describe('smartResize', () => {
  for (const [widthPx, heightPx, resizedWidthPx, resizedHeightPx, tokens] of VECTORS) {
    it(`resizes ${widthPx} x ${heightPx} as the model does`, () => {
      const resized = smartResize({ widthPx, heightPx })

      assert.deepEqual(resized, { widthPx: resizedWidthPx, heightPx: resizedHeightPx })
      assert.equal((resized.widthPx * resized.heightPx) / 784, tokens)
    })
  }

  for (const [widthPx, heightPx] of [
    [10, 2001],
    [41, 8200],
  ] as const) {
    it(`rejects a strip of ${widthPx} x ${heightPx} that the model would reject`, () => {
      assert.throws(
        () => smartResize({ widthPx, heightPx }),
        (error) => error instanceof OcrError && error.code === 'ENGINE_REJECTED_REQUEST',
      )
    })
  }

  it('keeps to the pixels that it is given', () => {
    const { widthPx, heightPx } = smartResize({ widthPx: 2480, heightPx: 3508 }, 2_822_400)

    assert.ok(widthPx * heightPx <= 2_822_400)
    assert.ok(widthPx * heightPx > 2_600_000)
  })

  it('gives sides that are multiples of 28 and sizes that it keeps, whatever the image', () => {
    const side = fc.integer({ min: 1, max: 16_384 })

    fc.assert(
      fc.property(side, side, (widthPx, heightPx) => {
        fc.pre(Math.max(widthPx, heightPx) / Math.min(widthPx, heightPx) <= 100)
        const resized = smartResize({ widthPx, heightPx })
        assert.equal(resized.widthPx % 28, 0)
        assert.equal(resized.heightPx % 28, 0)
        const pixels = resized.widthPx * resized.heightPx
        assert.ok(pixels >= 3136 && pixels <= MAX_IMAGE_PIXELS)
        assert.deepEqual(smartResize(resized), resized)
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('roundHalfEven', () => {
  it('rounds halves to the even number and everything else to the nearest', () => {
    assert.deepEqual([0.5, 1.5, 2.5, 4.5, 2.49, 2.51, 3].map(roundHalfEven), [0, 2, 2, 4, 2, 3, 3])
  })
})
