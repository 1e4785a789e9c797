import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { ENGINES } from '../../src/contract/engines.ts'
import { createLlmEngine, type LlmOptions } from '../../src/engines/llm.ts'
import { createChatClient, type ChatRequest } from '../../src/engines/model-server/chat-client.ts'
import { drawPage } from '../support/draw-page.ts'
import { until } from '../support/until.ts'
import { failureOf } from '../support/failure-of.ts'
import { killPartOfServer, serverUnderTest } from './server-under-test.ts'

const { url, skip } = serverUnderTest('OCR_REAL_LLAMA_URL', 'llama')

const END_TOKEN = 257
/** The word `w1234`. */
const WORD_TOKEN = 258 + 1_234
const page = drawPage([{ text: 'Total 42', xPx: 60, yPx: 90 }], { widthPx: 800, heightPx: 600 })
const options: LlmOptions = {
  server: { baseUrl: url, apiKey: null, model: 'tiny' },
  maxTokens: 16,
  temperature: 0,
  tokenLimitParameter: 'max_tokens',
}
const { signal } = new AbortController()

describe('createLlmEngine with a real llama.cpp', { skip }, () => {
  it('finds the server ready, which answers to any name of a model', async () => {
    await using engine = createLlmEngine(options)

    await engine.probe(signal)
  })

  for (const step of ENGINES.llm.ladder) {
    for (const tokenLimitParameter of ['max_tokens', 'max_completion_tokens', 'both'] as const) {
      it(`has every field of the step ${step} accepted, with ${tokenLimitParameter}`, async () => {
        await using engine = createLlmEngine({ ...options, tokenLimitParameter })
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

        // 16 tokens of random weights do not end by themselves.
        assert.equal(failure.code, 'ENGINE_OUTPUT_TRUNCATED')
        assert.equal(failure.usage?.completionTokens, 16)
        assert.ok((failure.usage?.promptTokens ?? 0) > 500)
        assert.ok(counts.length > 1)
      })
    }
  }
})

describe('createChatClient with a real llama.cpp', { skip }, () => {
  const client = createChatClient({ baseUrl: `${url}/v1`, apiKey: null, model: 'tiny' })
  after(async () => await client[Symbol.asyncDispose]())

  const request = (fields: ChatRequest['fields']): ChatRequest => ({
    prompt: 'Read',
    png: page.png,
    fields: { temperature: 0, max_tokens: 8, ...fields },
  })
  /** Takes longer than any test; sampled, so that nothing takes it for a loop. */
  const endless = request({ temperature: 2, max_tokens: 30_000 })

  it('reads an answer that the model ended itself', async () => {
    const reply = await client.ask(request({ logit_bias: { [END_TOKEN]: 1_000 } }), { signal })

    assert.equal(reply.finish, 'stop')
    assert.equal(reply.text, '')
    assert.equal(reply.usage?.completionTokens, 1)
  })

  it('reads an answer that ran out of tokens', async () => {
    const reply = await client.ask(request({}), { signal })

    assert.equal(reply.finish, 'length')
    assert.equal(reply.usage?.completionTokens, 8)
  })

  it('stops an answer that runs in circles', async () => {
    const reply = await client.ask(
      request({ max_tokens: 3_000, logit_bias: { [WORD_TOKEN]: 1_000 } }),
      { signal },
    )

    assert.equal(reply.finish, 'repetition')
  })

  it('calls a prompt that does not fit ENGINE_REJECTED_REQUEST', async () => {
    const prompt = 'a'.repeat(40_000)

    const failure = await failureOf(client.ask({ ...request({}), prompt }, { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('calls an image that cannot be decoded ENGINE_REJECTED_REQUEST', async () => {
    const png = Buffer.from('no image')

    const failure = await failureOf(client.ask({ ...request({}), png }, { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('stops the server when it is aborted', async () => {
    const abort = new AbortController()
    const writing = Promise.withResolvers<number>()
    const asking = client.ask(endless, { signal: abort.signal, onTokens: writing.resolve })
    asking.catch(() => undefined)
    await writing.promise

    abort.abort(new Error('enough'))

    await assert.rejects(asking, /enough/)
    await until(async () => (await busySlots()) === 0, 'the server is idle')
  })

  // The last one: there is no server after it.
  it('counts a server that is killed as transient, and then as unreachable', async () => {
    const writing = Promise.withResolvers<number>()
    const asking = client.ask(endless, { signal, onTokens: writing.resolve })
    asking.catch(() => undefined)
    await writing.promise

    killPartOfServer('llama-server')

    assert.equal((await failureOf(asking)).code, 'ENGINE_REPLY_BROKEN')
    assert.equal((await failureOf(client.ask(request({}), { signal }))).code, 'ENGINE_UNREACHABLE')
  })
})

async function busySlots(): Promise<number> {
  const slots: unknown = await (await fetch(`${url}/slots`)).json()
  if (!Array.isArray(slots)) throw new Error('The server does not tell its slots')
  return slots.filter((slot: { is_processing?: unknown }) => slot.is_processing !== false).length
}
