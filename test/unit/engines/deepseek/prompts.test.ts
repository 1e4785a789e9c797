import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEEPSEEK_PROMPTS, withOneImage } from '../../../../src/engines/deepseek/prompts.ts'

describe('DEEPSEEK_PROMPTS', () => {
  it('have one image placeholder each, first', () => {
    for (const prompt of Object.values(DEEPSEEK_PROMPTS)) {
      assert.equal(withOneImage(prompt), prompt)
      assert.match(prompt, /^<image>\n\S/)
    }
  })
})

describe('withOneImage', () => {
  it('strips the extra placeholders', () => {
    assert.equal(withOneImage('<image>\nRead <image>this.<image>'), '<image>\nRead this.')
  })

  it('adds a missing one', () => {
    assert.equal(withOneImage('Free OCR.'), '<image>\nFree OCR.')
  })

  it('keeps one that stands elsewhere', () => {
    assert.equal(withOneImage('Look at <image> now.'), 'Look at <image> now.')
  })

  it('ends with exactly one, whatever it is given', () => {
    const piece = fc.constantFrom('<image>', '<ima', 'ge>', '<', 'text ')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        assert.equal(withOneImage(pieces.join('')).split('<image>').length, 2)
      }),
    )
  })
})
