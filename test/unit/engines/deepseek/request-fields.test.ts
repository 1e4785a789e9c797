import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MARKDOWN_PROMPT } from '../../../../src/engines/deepseek/prompts.ts'
import { requestOf } from '../../../../src/engines/deepseek/request-fields.ts'

describe('requestOf', () => {
  it('asks for Markdown with the loop guard of a single image', () => {
    assert.deepEqual(requestOf('default'), {
      prompt: MARKDOWN_PROMPT,
      fields: {
        temperature: 0,
        vllm_xargs: { ngram_size: 30, window_size: 90, whitelist_token_ids: [128821, 128822] },
        skip_special_tokens: false,
      },
    })
  })

  it('resamples with a tighter guard and another seed', () => {
    const { prompt, fields } = requestOf('resample')

    assert.equal(prompt, MARKDOWN_PROMPT)
    assert.deepEqual(fields['vllm_xargs'], {
      ngram_size: 20,
      window_size: 50,
      whitelist_token_ids: [128821, 128822],
    })
    assert.notEqual(fields['temperature'], 0)
    assert.notEqual(fields['seed'], undefined)
  })

  for (const step of ['regions', 'plain-text'] as const) {
    it(`answers the step ${step}, which it does not know, like resample`, () => {
      assert.deepEqual(requestOf(step), requestOf('resample'))
    })
  }
})
