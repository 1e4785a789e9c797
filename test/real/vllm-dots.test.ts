import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { ENGINES } from '../../src/contract/engines.ts'
import { createDotsEngine } from '../../src/engines/dots.ts'
import { besideImage, TEXT_PROMPT } from '../../src/engines/dots/prompts.ts'
import type { ChatRequest } from '../../src/engines/model-server/chat-client.ts'
import { createHttpTransport } from '../../src/engines/model-server/http-transport.ts'
import { REQUEST_LIMITS } from '../../src/engines/model-server/model-server.ts'
import { RepetitionSupport } from '../../src/engines/vllm/repetition-support.ts'
import { createVllmServer } from '../../src/engines/vllm/vllm-server.ts'
import { drawPage } from '../support/draw-page.ts'
import { until } from '../support/until.ts'
import { failureOf } from '../support/failure-of.ts'
import { killPartOfServer, serverUnderTest, untilBusy, untilIdle } from './server-under-test.ts'

const { url, skip } = serverUnderTest('OCR_REAL_DOTS_URL', 'vllm')

const page = drawPage([{ text: 'Total 42', xPx: 60, yPx: 90 }], { widthPx: 800, heightPx: 600 })
/** 800 × 600 becomes 812 × 588, and a token stands for 28 × 28 pixels. */
const IMAGE_TOKENS = (812 / 28) * (588 / 28)
/** The tiny model's tokens are bytes; the template adds four, and the image two around it. */
const textTokens = (prompt: string): number => Buffer.byteLength(prompt) + 3 + 2

const END_TOKEN = 260
const target = { baseUrl: `${url}/v1`, apiKey: null, model: 'model' }
const settings = {
  settingName: 'OCR_DOTS_URL',
  modelSettingName: 'OCR_DOTS_MODEL',
  keySettingName: 'OCR_DOTS_API_KEY',
}
const { signal } = new AbortController()

describe('createDotsEngine with a real vLLM', { skip }, () => {
  it('finds the server ready', async () => {
    await using engine = createDotsEngine({ server: target, maxTokens: 16 })

    await engine.probe(signal)
  })

  it('says that the server has another model', async () => {
    const server = { ...target, model: 'other' }
    await using engine = createDotsEngine({ server, maxTokens: 16 })

    const failures = [
      await failureOf(engine.probe(signal)),
      await failureOf(engine.recognize(page, { languages: null, signal })),
    ]

    assert.deepEqual(
      failures.map(({ code }) => code),
      ['ENGINE_MISCONFIGURED', 'ENGINE_MISCONFIGURED'],
    )
  })

  for (const step of ENGINES.dots.ladder) {
    it(`has every field of the step ${step} accepted, and is told tokens and usage`, async () => {
      await using engine = createDotsEngine({ server: target, maxTokens: 16 })
      const counts: number[] = []

      const failure = await failureOf(
        engine.recognize(page, {
          languages: null,
          signal,
          step,
          requestId: `real-${step}`,
          onTokens: (tokens) => counts.push(tokens),
        }),
      )

      // 16 tokens of random weights are no layout.
      assert.equal(failure.code, 'ENGINE_OUTPUT_TRUNCATED')
      assert.equal(failure.usage?.completionTokens, 16)
      assert.equal(counts.at(-1), 16)
    })
  }

  it('sends the image at the size and the prompt in the form that the model expects', async () => {
    await using engine = createDotsEngine({ server: target, maxTokens: 16 })

    const failure = await failureOf(
      engine.recognize(page, { languages: null, signal, step: 'plain-text' }),
    )

    assert.equal(failure.usage?.promptTokens, IMAGE_TOKENS + textTokens(TEXT_PROMPT))
  })
})

describe('createVllmServer with a real vLLM', { skip }, () => {
  const server = createVllmServer(target, settings)
  after(async () => await server[Symbol.asyncDispose]())

  const request = (fields: ChatRequest['fields']): ChatRequest => ({
    prompt: besideImage(TEXT_PROMPT),
    png: page.png,
    fields: { temperature: 0, max_tokens: 8, ...fields },
  })

  it('reads an answer that the model ended itself', async () => {
    const reply = await server.ask(request({ logit_bias: { [END_TOKEN]: 100 } }), { signal })

    assert.equal(reply.finish, 'stop')
    assert.equal(reply.text, '')
    assert.equal(reply.usage?.completionTokens, 1)
  })

  it('reads an answer that ran out of tokens', async () => {
    const reply = await server.ask(request({ logit_bias: { [END_TOKEN]: -100 } }), { signal })

    assert.equal(reply.finish, 'length')
    assert.equal(reply.usage?.completionTokens, 8)
  })

  it('has loops stopped by the server', async () => {
    const transport = createHttpTransport(REQUEST_LIMITS)
    const isKnown = await new RepetitionSupport(target, { transport }).isKnown()
    await transport[Symbol.asyncDispose]()

    // Random weights without chance run in circles at once.
    const reply = await server.ask(
      request({ max_tokens: 4_000, logit_bias: { [END_TOKEN]: -100 } }),
      { signal },
    )

    assert.equal(isKnown, true)
    assert.equal(reply.finish, 'repetition')
    assert.ok((reply.usage?.completionTokens ?? 0) < 4_000)
  })

  it('calls a prompt that does not fit ENGINE_REJECTED_REQUEST', async () => {
    const prompt = besideImage('a'.repeat(40_000))

    const failure = await failureOf(server.ask({ ...request({}), prompt }, { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('calls an image that cannot be decoded ENGINE_REJECTED_REQUEST', async () => {
    const png = Buffer.from('no image')

    const failure = await failureOf(server.ask({ ...request({}), png }, { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('stops the engine when it is aborted', async () => {
    const abort = new AbortController()
    const asking = server.ask(endless(), { signal: abort.signal })
    asking.catch(() => undefined)
    await untilBusy(url)

    abort.abort(new Error('enough'))

    await assert.rejects(asking, /enough/)
    await untilIdle(url, 10_000)
  })

  // The last one: there is no server after it.
  it('calls the death of the engine ENGINE_DIED for the page in flight, then unreachable', async () => {
    const writing = Promise.withResolvers<number>()
    const asking = server.ask(endless(), { signal, onTokens: writing.resolve })
    asking.catch(() => undefined)
    await writing.promise

    killPartOfServer('VLLM::Worker')

    assert.equal((await failureOf(asking)).code, 'ENGINE_DIED')
    const next = await failureOf(server.ask(request({}), { signal }))
    assert.match(next.code, /^ENGINE_(DIED|UNREACHABLE)$/)
    await until(
      async () => (await failureOf(server.probe(signal))).code === 'ENGINE_UNREACHABLE',
      'the server is gone',
    )
  })

  function endless(): ChatRequest {
    // Sampled, so that nothing takes it for a loop.
    return request({
      temperature: 2,
      ignore_eos: true,
      max_tokens: 20_000,
      repetition_detection: { max_pattern_size: 0 },
    })
  }
})
