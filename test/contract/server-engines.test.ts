import { createDeepseekEngine } from '../../src/engines/deepseek.ts'
import { createDotsEngine } from '../../src/engines/dots.ts'
import type { OcrEngine } from '../../src/engines/engine.ts'
import { createLlmEngine } from '../../src/engines/llm.ts'
import { createOllamaEngine } from '../../src/engines/ollama.ts'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import { createFakeOllama, FAKE_OLLAMA_MODEL } from '../support/fakes/fake-ollama.ts'
import { createFakeOpenai } from '../support/fakes/fake-openai.ts'
import { textReply, type FakeReply } from '../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../support/fakes/fake-vllm.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { deepseekReply, dotsReply, markdownOf } from '../support/page-truth.ts'
import { describeServerEngine, SERVER_SECRET, type ServerUnderTest } from './server-engine.suite.ts'

const ERROR: FakeReply = {
  kind: 'status',
  status: 500,
  body: { error: { message: SERVER_SECRET, type: 'InternalServerError', code: 500 } },
}

describeServerEngine('createDotsEngine', async () => {
  const fake = await createFakeVllm({ model: 'dots' })
  const server = { baseUrl: fake.chatUrl, apiKey: null, model: 'model' }
  return {
    server: chatServer(fake, (body) => dotsReply(sentPng(body)), textReply('[]')),
    makeEngine: (slots) => createDotsEngine({ server, maxTokens: 12_000, ...(slots && { slots }) }),
  }
})

describeServerEngine('createDeepseekEngine', async () => {
  const fake = await createFakeVllm({ model: 'deepseek' })
  const server = { baseUrl: fake.chatUrl, apiKey: null, model: 'deepseek-ai/DeepSeek-OCR' }
  return {
    server: chatServer(fake, (body) => deepseekReply(sentPng(body)), textReply('')),
    makeEngine: (slots) => createDeepseekEngine({ server, ...(slots && { slots }) }),
  }
})

describeServerEngine('createLlmEngine', async () => {
  const fake = await createFakeOpenai()
  const server = { baseUrl: fake.url, apiKey: null, model: 'fake-vision' }
  const words = async (body: unknown) => textReply(await markdownOf(sentPng(body)))
  return {
    server: chatServer(fake, words, textReply('')),
    makeEngine: (slots?: number): OcrEngine =>
      createLlmEngine({
        server,
        ...(slots && { slots }),
        maxTokens: 8_192,
        temperature: 0,
        tokenLimitParameter: 'max_tokens',
      }),
  }
})

describeServerEngine('createOllamaEngine', async () => {
  const fake = await createFakeOllama()
  const { url: baseUrl } = fake
  return {
    server: {
      get requests() {
        return fake.chats
      },
      problems: fake.problems,
      answer(how) {
        if (how === 'never') fake.setDefault({ kind: 'hang' })
        else if (how === 'nothing') fake.setDefault({ kind: 'ok', text: '' })
        else if (how === 'error')
          fake.setDefault({ kind: 'status', status: 500, body: { error: SERVER_SECRET } })
        else
          fake.setDefault(async (body) => ({ kind: 'ok', text: await markdownOf(sentPng(body)) }))
      },
      [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
    },
    makeEngine: (slots) =>
      createOllamaEngine({
        baseUrl,
        ...(slots && { slots }),
        model: FAKE_OLLAMA_MODEL,
        numCtx: 16_384,
        numPredict: 8_192,
        keepAlive: '5m',
      }),
  }
})

function chatServer(
  fake: FakeModelServer,
  words: (body: unknown) => Promise<FakeReply>,
  nothing: FakeReply,
): ServerUnderTest {
  return {
    requests: fake.requests,
    problems: fake.problems,
    answer(how) {
      if (how === 'never') fake.setDefault({ kind: 'hang', at: 'headers' })
      else if (how === 'nothing') fake.setDefault(nothing)
      else fake.setDefault(how === 'error' ? ERROR : words)
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}
