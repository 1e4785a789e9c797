import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { PLAIN_TEXT_PROMPT } from '../../../../src/engines/deepseek/prompts.ts'
import { imageTokens, maxAnswerTokens } from '../../../../src/engines/deepseek/token-budget.ts'

describe('imageTokens', () => {
  // Measured on vLLM 0.32.
  for (const [what, widthPx, heightPx, tokens] of [
    ['an image within one tile', 640, 640, 273],
    ['A4 upright', 1654, 2339, 903],
    ['A4 across', 2339, 1654, 893],
    ['a square', 800, 800, 693],
    ['a banner', 2000, 500, 683],
    ['a receipt', 300, 2000, 933],
  ] as const) {
    it(`counts ${tokens} for ${what}`, () => {
      assert.equal(imageTokens({ widthPx, heightPx }), tokens)
    })
  }

  it('takes the larger of two equally near grids for a large image', () => {
    // 1.25 lies in the middle between 2 × 2 and 3 × 2.
    assert.equal(imageTokens({ widthPx: 1500, heightPx: 1200 }), 893)
    assert.equal(imageTokens({ widthPx: 1000, heightPx: 800 }), 693)
  })

  it('stays between one view and six tiles', () => {
    const side = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(side, side, (widthPx, heightPx) => {
        const tokens = imageTokens({ widthPx, heightPx })

        assert.ok(tokens >= 273 && tokens <= 933)
      }),
    )
  })
})

describe('maxAnswerTokens', () => {
  it('leaves about 7,200 for a page', () => {
    const tokens = maxAnswerTokens({ widthPx: 1654, heightPx: 2339 }, PLAIN_TEXT_PROMPT)

    assert.equal(tokens, 8192 - 903 - 30 - 16)
  })

  it('counts a long prompt by its bytes', () => {
    const size = { widthPx: 600, heightPx: 600 }

    assert.equal(maxAnswerTokens(size, '文'.repeat(1_000)), 8192 - 273 - 3_000 - 16)
    assert.equal(maxAnswerTokens(size, 'a'.repeat(50_000)), 1)
  })
})
