import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createDeepseekEngine } from '../../src/engines/deepseek.ts'
import { MARKDOWN_PROMPT, PLAIN_TEXT_PROMPT } from '../../src/engines/deepseek/prompts.ts'
import { requestOf } from '../../src/engines/deepseek/request-fields.ts'
import { imageTokens, maxAnswerTokens } from '../../src/engines/deepseek/token-budget.ts'
import type { ChatRequest } from '../../src/engines/model-server/chat-client.ts'
import type { RequestLimits } from '../../src/engines/model-server/model-server.ts'
import { createVllmServer } from '../../src/engines/vllm/vllm-server.ts'
import { drawPage } from '../support/draw-page.ts'
import { failureOf } from '../support/failure-of.ts'
import { serverUnderTest, untilIdle } from './server-under-test.ts'

const { url, skip } = serverUnderTest('OCR_REAL_DEEPSEEK_URL', 'vllm')

const END_TOKEN = 257
/** Small enough to be one tile: the encoder of images has its full size and takes seconds on a CPU. */
const page = drawPage([{ text: 'Total 42', xPx: 60, yPx: 90 }], { widthPx: 320, heightPx: 200 })
/** Long: a busy machine without a GPU takes minutes for an image. */
const limits: RequestLimits = {
  connectMs: 5_000,
  firstByteMs: 600_000,
  idleMs: 600_000,
  totalMs: 900_000,
  maxReplyBytes: 8 * 1024 * 1024,
}
const target = { baseUrl: `${url}/v1`, apiKey: null, model: 'deepseek-ai/DeepSeek-OCR' }
const settings = {
  settingName: 'OCR_DEEPSEEK_URL',
  modelSettingName: 'OCR_DEEPSEEK_MODEL',
  keySettingName: 'OCR_DEEPSEEK_API_KEY',
}
const { signal } = new AbortController()

describe('createDeepseekEngine with a real vLLM', { skip }, () => {
  it('finds the server ready, with the guard against loops', async () => {
    await using engine = createDeepseekEngine({ server: target, limits })

    await engine.probe(signal)
  })

  it('says that the server has another model', async () => {
    const server = { ...target, model: 'other' }
    await using engine = createDeepseekEngine({ server, limits })

    const failure = await failureOf(engine.probe(signal))

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
  })

  it('asks for a page, and the engine stops when it is aborted', async () => {
    await using engine = createDeepseekEngine({ server: target, limits })
    const abort = new AbortController()
    const writing = Promise.withResolvers<number>()
    const reading = engine.recognize(page, {
      languages: null,
      signal: abort.signal,
      requestId: 'real-page',
      onTokens: writing.resolve,
    })
    reading.catch(() => undefined)
    await Promise.race([writing.promise, reading])

    abort.abort(new Error('enough'))

    await assert.rejects(reading, /enough/)
    await untilIdle(url, 60_000)
  })
})

describe('createVllmServer with the requests of DeepSeek-OCR', { skip }, () => {
  const server = createVllmServer(target, { ...settings, limits })
  after(async () => await server[Symbol.asyncDispose]())

  const request = (fields: ChatRequest['fields']): ChatRequest => ({
    prompt: MARKDOWN_PROMPT,
    png: page.png,
    fields,
  })

  for (const step of ['default', 'resample'] as const) {
    it(`has every field of the step ${step} accepted, and is told tokens and usage`, async () => {
      const { prompt, fields } = requestOf(step)
      const counts: number[] = []

      const reply = await server.ask(
        {
          prompt,
          png: page.png,
          fields: { ...fields, max_tokens: 8, logit_bias: { [END_TOKEN]: -100 } },
        },
        { signal, onTokens: (tokens) => counts.push(tokens) },
      )

      assert.equal(reply.finish, 'length')
      assert.equal(reply.usage?.completionTokens, 8)
      assert.equal(counts.at(-1), 8)
    })
  }

  it('takes as many tokens for an image as is reckoned with, and as many for an answer', async () => {
    const wide = drawPage([{ text: 'Total 42', xPx: 60, yPx: 90 }], {
      widthPx: 1_300,
      heightPx: 400,
    })
    const { prompt, fields } = requestOf('default')
    const maxTokens = maxAnswerTokens(wide, prompt)

    const reply = await server.ask(
      {
        prompt,
        png: wide.png,
        fields: { ...fields, max_tokens: maxTokens, logit_bias: { [END_TOKEN]: 100 } },
      },
      { signal },
    )

    assert.equal(reply.finish, 'stop')
    // The tiny model's tokens are bytes and tags; <bos> comes first.
    const textTokens = prompt.replace('<image>', '').replace('<|grounding|>', '·').length + 1
    assert.equal(reply.usage?.promptTokens, imageTokens(wide) + textTokens)
  })

  it('calls a guard with impossible parameters a failure, although the stream begins with 200', async () => {
    const failure = await failureOf(
      server.ask(request({ max_tokens: 8, vllm_xargs: { ngram_size: 0 } }), { signal }),
    )

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('calls more tokens than the model has ENGINE_REJECTED_REQUEST', async () => {
    const failure = await failureOf(server.ask(request({ max_tokens: 8_193 }), { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('calls a prompt with a second image in it ENGINE_REJECTED_REQUEST', async () => {
    const prompt = `<image>\n${PLAIN_TEXT_PROMPT}`

    const failure = await failureOf(server.ask({ ...request({}), prompt }, { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })
})
