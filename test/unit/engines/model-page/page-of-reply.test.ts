import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pageOfReply } from '../../../../src/engines/model-page/page-of-reply.ts'
import type { FailureCode } from '../../../../src/contract/failures.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { drawPage } from '../../../support/draw-page.ts'

const usage = { promptTokens: 5, completionTokens: 7 }
const written = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])
const blank = drawPage([])

const failsAs = (code: FailureCode) => (error: unknown) =>
  error instanceof OcrError && error.code === code && error.usage === usage

describe('pageOfReply', () => {
  it('gives Markdown blocks over the whole page, without confidence', async () => {
    const recognition = await pageOfReply({ text: '# T\n\ntext', usage }, written)

    const block = { bbox: [0, 0, 800, 600], confidence: null }
    assert.deepEqual(recognition, {
      blocks: [
        { ...block, category: 'title', text: '# T' },
        { ...block, category: 'text', text: 'text' },
      ],
      markup: 'markdown',
      turned: null,
      warnings: [],
      usage,
    })
  })

  it('says that an answer was unwrapped', async () => {
    const { warnings } = await pageOfReply({ text: '{"content": "a"}', usage }, written)

    assert.deepEqual(warnings, ['OUTPUT_REPAIRED'])
  })

  for (const text of ['', '[no text]', 'The page is blank.']) {
    it(`believes ${JSON.stringify(text)} where the page is blank`, async () => {
      const { blocks, warnings } = await pageOfReply({ text, usage }, blank)

      assert.deepEqual({ blocks, warnings }, { blocks: [], warnings: [] })
    })
  }

  const failures: readonly [code: FailureCode, text: string][] = [
    ['ENGINE_OUTPUT_INVALID', ''],
    ['SUSPECT_OUTPUT', '[no text]'],
    ['SUSPECT_OUTPUT', "I'm sorry, I can't assist with that."],
    ['ENGINE_OUTPUT_INVALID', '{"content": "cut'],
  ]
  for (const [code, text] of failures) {
    it(`fails as ${code} for ${JSON.stringify(text)} about a page with text`, async () => {
      await assert.rejects(pageOfReply({ text, usage }, written), failsAs(code))
    })
  }

  it('takes a refusal for none of the page, even of a blank one', async () => {
    const text = 'I cannot read the text in this image.'

    await assert.rejects(pageOfReply({ text, usage }, blank), failsAs('SUSPECT_OUTPUT'))
  })
})
