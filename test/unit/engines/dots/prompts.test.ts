import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  besideImage,
  LAYOUT_ONLY_PROMPT,
  LAYOUT_PROMPT,
  REGION_PROMPT,
  regionPrompt,
  TEXT_PROMPT,
} from '../../../../src/engines/dots/prompts.ts'

const PROMPTS = [
  { name: 'layout', prompt: LAYOUT_PROMPT, characters: 888, sha256: '16ff71ac5d218f35' },
  { name: 'layout only', prompt: LAYOUT_ONLY_PROMPT, characters: 422, sha256: 'd10f3720942d901f' },
  { name: 'text', prompt: TEXT_PROMPT, characters: 41, sha256: '8ee4c4b75c200c7f' },
  { name: 'region', prompt: REGION_PROMPT, characters: 96, sha256: 'b18d62ea1e661977' },
]

describe('the prompts of dots.ocr', () => {
  for (const { name, prompt, characters, sha256 } of PROMPTS) {
    it(`holds the prompt for ${name} to the byte`, () => {
      const digest = createHash('sha256').update(prompt).digest('hex')

      assert.equal(prompt.length, characters)
      assert.equal(digest.slice(0, 16), sha256)
    })
  }
})

describe('regionPrompt', () => {
  it('prints the box as Python prints a list', () => {
    const prompt = regionPrompt([307, 91, 1204, 163])

    assert.equal(prompt, `${REGION_PROMPT}[307, 91, 1204, 163]`)
  })
})

describe('besideImage', () => {
  it('puts the placeholder of the image first, with nothing between', () => {
    assert.equal(besideImage('Words'), '<|img|><|imgpad|><|endofimg|>Words')
  })
})
