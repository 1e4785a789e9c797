import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  MARKDOWN_PROMPT,
  PLAIN_TEXT_PROMPT,
  withOneImage,
} from '../../../../src/engines/deepseek/prompts.ts'

describe('the prompts of DeepSeek-OCR', () => {
  it('are those that the model was trained on, to the byte', () => {
    const prompts = [MARKDOWN_PROMPT, PLAIN_TEXT_PROMPT]

    assert.deepEqual(
      prompts.map((prompt) => createHash('sha256').update(prompt).digest('hex').slice(0, 16)),
      ['00a105b332827a24', '8261c4fec7b80554'],
    )
    assert.deepEqual(prompts.map(withOneImage), prompts)
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
