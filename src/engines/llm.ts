import { OcrError } from '../platform/errors.ts'
import type { OcrEngine, PageImage, RecognizeOptions } from './engine.ts'
import { engineVersion } from './model-server/engine-version.ts'
import { pageOfReply } from './model-page/page-of-reply.ts'
import { pngToSend } from './model-page/page-png.ts'
import { probeModels } from './llm/probe-models.ts'
import { promptFor, samplingFor } from './model-page/markdown-prompts.ts'
import { tokenLimitFields, type TokenLimitParameter } from './llm/token-limit.ts'
import { callOf } from './model-server/call-of.ts'
import { chatBaseUrl } from './model-server/base-url.ts'
import { createChatClient, requireWhole } from './model-server/chat-client.ts'
import { createLookupTransport } from './model-server/http-transport.ts'
import {
  REQUEST_LIMITS,
  type ModelServer,
  type RequestLimits,
} from './model-server/model-server.ts'
import { Slots } from './slots.ts'

/** What the engine for OpenAI-compatible vision models needs. */
export type LlmOptions = {
  /** Its base URL with or without `/v1`. */
  readonly server: ModelServer
  /** Most tokens of one answer; 8,192 hold the densest pages. */
  readonly maxTokens: number
  /** 0 to 2; `null`: not sent, for models that refuse it. */
  readonly temperature: number | null
  readonly tokenLimitParameter: TokenLimitParameter
  /** Requests at the server at once, the others wait in line; no limit by default. */
  readonly slots?: number
  readonly limits?: RequestLimits
}

// Raise it when the same answer would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 1

/**
 * Any OpenAI-compatible vision model (OpenAI, SiliconFlow, vLLM, llama.cpp …), asked for plain
 * Markdown over chat completions.
 *
 * A page is sent as a data URL, never as a link. The blocks carry no places: their boxes are the page.
 */
export function createLlmEngine(options: LlmOptions): OcrEngine {
  const { model } = options.server
  const limits = options.limits ?? REQUEST_LIMITS
  const server = { ...options.server, baseUrl: chatBaseUrl(options.server.baseUrl) }
  const prompt = promptFor(model)
  const client = createChatClient(server, { limits })
  const transport = createLookupTransport(limits)
  const slots = new Slots(options.slots ?? Infinity)
  const closing = new AbortController()

  const recognize = async (image: PageImage, request: RecognizeOptions) => {
    const signal = AbortSignal.any([request.signal, closing.signal])
    signal.throwIfAborted()
    const png = await pngToSend(image, request.pixelShare)
    const question = { prompt, png, fields: fieldsFor(options, request.step) }
    const call = callOf(request, signal)
    const reply = await slots.use(signal, () => client.ask(question, call), request.guard)
    return pageOfReply({ text: requireWhole(reply), usage: reply.usage }, image)
  }

  return {
    id: 'llm',
    version: engineVersion({
      algorithm: ALGORITHM_VERSION,
      model,
      parameters: [prompt, fieldsFor(options), fieldsFor(options, 'resample')],
    }),
    recognize,
    probe: (signal) => probeModels(server, { transport, signal }),
    async [Symbol.asyncDispose]() {
      closing.abort(new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed'))
      await Promise.all([client[Symbol.asyncDispose](), transport[Symbol.asyncDispose]()])
    },
  }
}

function fieldsFor(options: LlmOptions, step: RecognizeOptions['step'] = 'default') {
  const { temperature, seed } = samplingFor(step, options.temperature)
  return {
    ...tokenLimitFields(options.tokenLimitParameter, options.maxTokens),
    ...(temperature !== null && { temperature }),
    // Not every service knows it, so the first step does without.
    ...(step !== 'default' && { seed }),
  }
}
