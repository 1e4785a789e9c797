import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AnswerOptions, ModelAnswer } from '../../../src/engines/engine.ts'
import { DEEPSEEK_PAGE, deepseekEngine } from '../../support/deepseek-fixtures.ts'
import { questionsTo } from '../../support/dots-fixtures.ts'
import { failureOf } from '../../support/failure-of.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import { textReply, type FakeReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm, DEEPSEEK_GROUNDED } from '../../support/fakes/fake-vllm.ts'
import { until } from '../../support/until.ts'

const FREE = '<image>\nFree OCR.'

type Asked = { readonly answer: ModelAnswer; readonly server: FakeModelServer }

async function ask(
  prompt: string,
  { reply, ...more }: Partial<AnswerOptions> & { reply?: FakeReply } = {},
): Promise<Asked> {
  await using server = await createFakeVllm({
    model: 'deepseek',
    takesAnyPrompt: true,
    ...(reply && { reply }),
  })
  await using engine = deepseekEngine(server)
  const signal = new AbortController().signal
  const answer = await engine.answer?.(
    DEEPSEEK_PAGE,
    { model: 'deepseek', prompt },
    { signal, ...more },
  )
  assert.deepEqual(server.problems, [])
  assert.ok(answer)
  return { answer, server }
}

describe('a question to DeepSeek-OCR', () => {
  for (const [what, prompt, sent] of [
    ['a prompt as it is', FREE, FREE],
    [
      'an unofficial prompt as it is',
      '<image>\nConvert document to markdown',
      '<image>\nConvert document to markdown',
    ],
    ['one placeholder of several', '<image>\nRead <image>this.<image>', '<image>\nRead this.'],
    ['the missing placeholder', 'Free OCR.', FREE],
  ] as const) {
    it(`sends ${what}`, async () => {
      const { server } = await ask(prompt)

      assert.equal(questionsTo(server)[0]?.text, sent)
    })
  }

  it('asks like any page, guarded against loops, for what the context leaves', async () => {
    const { server } = await ask(FREE)

    const { temperature, max_tokens, vllm_xargs, skip_special_tokens } =
      questionsTo(server)[0]?.fields ?? {}
    assert.deepEqual(
      { temperature, max_tokens, vllm_xargs, skip_special_tokens },
      {
        temperature: 0,
        max_tokens: 8192 - 903 - 30 - 16,
        vllm_xargs: { ngram_size: 30, window_size: 90, whitelist_token_ids: [128821, 128822] },
        skip_special_tokens: false,
      },
    )
  })

  it('resamples the same prompt', async () => {
    const { server } = await ask(FREE, { step: 'resample' })

    const [asked] = questionsTo(server)
    assert.equal(asked?.text, FREE)
    assert.notEqual(asked.fields['temperature'], 0)
  })

  it('gives the text without the end token', async () => {
    const reply = textReply('\nWords of\n\nthe page.\n<｜end▁of▁sentence｜>')

    const { answer } = await ask(FREE, { reply })

    assert.equal(answer.text, 'Words of\n\nthe page.')
    assert.equal(answer.isWhole, true)
    assert.equal(answer.usage?.promptTokens, 100)
  })

  it('leaves places in the text of who asked for them', async () => {
    const prompt = '<image>\n<|grounding|>Convert the document to markdown.'

    const { answer } = await ask(prompt, { reply: textReply(DEEPSEEK_GROUNDED) })

    assert.equal(answer.text, DEEPSEEK_GROUNDED.trim())
  })

  it('believes silence', async () => {
    const { answer } = await ask(FREE, { reply: textReply('<｜end▁of▁sentence｜>') })

    assert.equal(answer.text, '')
  })

  for (const [code, reply] of [
    ['ENGINE_OUTPUT_TRUNCATED', textReply('Words', { finish: 'length' })],
    ['ENGINE_OUTPUT_REPEATS', textReply('Words', { finish: 'repetition' })],
  ] as const) {
    it(`fails with ${code} and what it cost when the model ran away`, async () => {
      const failure = await failureOf(ask(FREE, { reply }))

      assert.equal(failure.code, code)
      assert.equal(failure.usage?.promptTokens, 100)
    })
  }

  it('hands the text on while it is written, and closes the connection on cancel', async () => {
    const reply: FakeReply = { kind: 'hang', at: 'body', text: 'Words' }
    await using server = await createFakeVllm({ model: 'deepseek', reply })
    await using engine = deepseekEngine(server)
    const cancel = new AbortController()
    const pieces: string[] = []

    const work = engine.answer?.(
      DEEPSEEK_PAGE,
      { model: 'deepseek', prompt: FREE },
      { signal: cancel.signal, onText: (piece) => void pieces.push(piece) },
    )
    const rejected = assert.rejects(async () => work, { name: 'AbortError' })
    await until(() => pieces.join('') === 'Words', 'the first piece arrived')
    cancel.abort()

    await rejected
    await until(() => server.requests[0]?.aborted === true, 'the connection was closed')
  })

  it('is not sent while the server is to be left alone', async () => {
    await using server = await createFakeVllm({ model: 'deepseek', takesAnyPrompt: true })
    await using engine = deepseekEngine(server)
    const closed = new Error('closed')
    const options = { signal: new AbortController().signal, guard: () => Promise.reject(closed) }
    const asked = { model: 'deepseek', prompt: FREE } as const

    await assert.rejects(async () => engine.answer?.(DEEPSEEK_PAGE, asked, options), closed)
    assert.equal(server.requests.length, 0)
  })

  it('refuses a question for another model without asking', async () => {
    await using server = await createFakeVllm({ model: 'deepseek' })
    await using engine = deepseekEngine(server)
    const signal = new AbortController().signal
    const other = {
      model: 'dots',
      promptType: 'prompt_ocr',
      temperature: 0,
      topP: 1,
      maxTokens: 10,
      bbox: null,
      isRaw: true,
    } as const

    const failure = await failureOf(
      (async () => engine.answer?.(DEEPSEEK_PAGE, other, { signal }))(),
    )

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
    assert.equal(server.requests.length, 0)
  })
})
