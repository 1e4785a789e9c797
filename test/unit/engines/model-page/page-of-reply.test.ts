import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_BASE64_BYTES, pngToSend } from '../../../../src/engines/model-page/page-png.ts'
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
    ['ENGINE_REPLY_BROKEN', ''],
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

describe('pngToSend', () => {
  const isRejected = (error: unknown) =>
    error instanceof OcrError && error.code === 'ENGINE_REJECTED_REQUEST'

  it('sends the page image itself', async () => {
    assert.equal(await pngToSend(written), written.png)
  })

  it('sends a share of the pixels', async () => {
    const png = Buffer.from(await pngToSend(written, 0.25))

    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [400, 300])
  })

  it('refuses what is no PNG, and what is too large', async () => {
    const jpeg = { ...written, png: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0]) }
    const large = Buffer.alloc(MAX_BASE64_BYTES)
    Buffer.from(written.png).copy(large)

    await assert.rejects(pngToSend(jpeg), isRejected)
    await assert.rejects(pngToSend({ ...written, png: large }), isRejected)
  })
})
