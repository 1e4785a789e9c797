import { textReply } from './fake-reply.ts'
import type { FakeModelServer } from './fake-model-server.ts'
import { createFakeOllama, FAKE_OLLAMA_MODEL, type FakeOllama } from './fake-ollama.ts'
import { createFakeOpenai } from './fake-openai.ts'
import { createFakeVllm } from './fake-vllm.ts'
import { deepseekReply, dotsReply, markdownOf } from '../page-truth.ts'
import { sentPng } from './sent-png.ts'

/** One fake server for each engine behind a server; each sees the pages of a marked document. */
export type FakeEngines = AsyncDisposable & {
  readonly dots: FakeModelServer
  readonly deepseek: FakeModelServer
  readonly llm: FakeModelServer
  readonly ollama: FakeOllama
  /** Settings that lead the product to them. */
  readonly env: Readonly<Record<string, string>>
}

/** Starts the four. */
export async function startFakeEngines(): Promise<FakeEngines> {
  const dots = await createFakeVllm({ model: 'dots', reply: (body) => dotsReply(sentPng(body)) })
  const deepseek = await createFakeVllm({
    model: 'deepseek',
    reply: (body) => deepseekReply(sentPng(body)),
  })
  const llm = await createFakeOpenai({
    apiKey: 'sk-test',
    reply: async (body) => textReply(await markdownOf(sentPng(body))),
  })
  const ollama = await createFakeOllama()
  ollama.setDefault(async (body) => ({ kind: 'ok', text: await markdownOf(sentPng(body)) }))
  return {
    dots,
    deepseek,
    llm,
    ollama,
    env: {
      OCR_DOTS_URL: dots.url,
      OCR_DEEPSEEK_URL: deepseek.url,
      OCR_LLM_BASE_URL: llm.url,
      OCR_LLM_API_KEY: 'sk-test',
      OCR_LLM_MODEL: 'fake-vision',
      OCR_OLLAMA_URL: ollama.url,
      OCR_OLLAMA_MODEL: FAKE_OLLAMA_MODEL,
    },
    async [Symbol.asyncDispose]() {
      for (const server of [dots, deepseek, llm, ollama]) await server[Symbol.asyncDispose]()
    },
  }
}
