import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  NO_TEXT_REPLY,
  promptFor,
  samplingFor,
} from '../../../../src/engines/model-page/markdown-prompts.ts'

describe('promptFor', () => {
  it('asks any model for Markdown, and says what to answer for a page without text', () => {
    const prompt = promptFor('Qwen/Qwen3-VL-32B-Instruct')

    assert.match(prompt, /Markdown/)
    assert.ok(prompt.includes(NO_TEXT_REPLY))
  })

  it('asks models for OCR as they were trained', () => {
    assert.equal(promptFor('deepseek-ai/DeepSeek-OCR'), '<image>\nFree OCR.')
    assert.equal(promptFor('deepseek-ocr:latest'), '<image>\nFree OCR.')
    for (const model of ['rednote-hilab/dots.ocr', 'hf.co/ggml-org/dots.ocr-GGUF', 'dots.mocr']) {
      assert.equal(promptFor(model), 'Extract the text content from this image.')
    }
  })
})

describe('samplingFor', () => {
  it('keeps the temperature in the first step', () => {
    assert.deepEqual(samplingFor('default', 0), { temperature: 0, seed: 1 })
  })

  it('raises the temperature and changes the seed in any other', () => {
    assert.deepEqual(samplingFor('resample', 0), { temperature: 0.4, seed: 2 })
    assert.deepEqual(samplingFor('plain-text', 0.9), { temperature: 1, seed: 2 })
  })

  it('sends no temperature where none is wanted', () => {
    assert.deepEqual(samplingFor('resample', null), { temperature: null, seed: 2 })
  })
})
