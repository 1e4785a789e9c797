import type { ModelQuestion } from '../contract/document.ts'
import { OcrError } from '../platform/errors.ts'
import { toPageBlocks } from './deepseek/grounded-blocks.ts'
import { withoutControlTokens } from './deepseek/grounding.ts'
import { LoopGuardProof } from './deepseek/loop-guard-probe.ts'
import { withOneImage } from './deepseek/prompts.ts'
import { requestOf, type StepRequest } from './deepseek/request-fields.ts'
import { imageToSend } from './deepseek/sent-image.ts'
import { maxAnswerTokens } from './deepseek/token-budget.ts'
import type {
  AnswerOptions,
  ModelAnswer,
  OcrEngine,
  PageImage,
  Recognition,
  RecognizeOptions,
} from './engine.ts'
import { engineVersion } from './model-server/engine-version.ts'
import { callOf } from './model-server/call-of.ts'
import { chatBaseUrl } from './model-server/base-url.ts'
import { isBlankPage } from './model-page/blank-page.ts'
import { requireWhole, type ChatReply } from './model-server/chat-client.ts'
import { createLookupTransport } from './model-server/http-transport.ts'
import {
  REQUEST_LIMITS,
  type ModelServer,
  type RequestLimits,
} from './model-server/model-server.ts'
import { Slots } from './slots.ts'
import { createVllmServer } from './vllm/vllm-server.ts'

/** What the DeepSeek-OCR engine needs. */
export type DeepseekOptions = {
  /** A vLLM server (0.12 or newer); its base URL with or without `/v1`. */
  readonly server: ModelServer
  /** Requests at the server at once, the others wait in line; no limit by default. */
  readonly slots?: number
  readonly limits?: RequestLimits
}

// Raise it when the same answer would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 1

/**
 * DeepSeek-OCR, and DeepSeek-OCR-2, behind vLLM: the page as Markdown, every part with its place.
 *
 * The step `resample`, and any that the model does not know, tightens the guard against loops and warms
 * the sampling. An answer that did not end by itself is a failure with its tokens, never a page.
 */
export function createDeepseekEngine(options: DeepseekOptions): OcrEngine {
  const limits = options.limits ?? REQUEST_LIMITS
  const server = { ...options.server, baseUrl: chatBaseUrl(options.server.baseUrl) }
  const settings = {
    settingName: 'OCR_DEEPSEEK_URL',
    modelSettingName: 'OCR_DEEPSEEK_MODEL',
    keySettingName: 'OCR_DEEPSEEK_API_KEY',
  }
  const vllm = createVllmServer(server, { limits, ...settings })
  const slots = new Slots(options.slots ?? Infinity)
  const transport = createLookupTransport(limits)
  const guard = new LoopGuardProof(server, { transport })
  const closing = new AbortController()

  const ask = async (
    image: PageImage,
    { prompt, fields }: StepRequest,
    request: AnswerOptions,
  ): Promise<ChatReply> => {
    const signal = AbortSignal.any([request.signal, closing.signal])
    signal.throwIfAborted()
    const sent = await imageToSend(image, request.pixelShare)
    const question = {
      prompt,
      png: sent.png,
      fields: { ...fields, max_tokens: maxAnswerTokens(sent, prompt) },
    }
    return slots.use(signal, () => vllm.ask(question, callOf(request, signal)), request.guard)
  }

  const recognize = async (image: PageImage, request: RecognizeOptions): Promise<Recognition> => {
    const reply = await ask(image, requestOf(request.step ?? 'default'), request)
    const { usage } = reply
    const { blocks, warnings } = toPageBlocks(requireWhole(reply), image)
    if (blocks.length > 0) return { blocks, markup: 'markdown', turned: null, warnings, usage }
    if (await isBlankPage(image.png)) {
      return { blocks, markup: 'markdown', turned: null, warnings: [], usage }
    }
    const message = 'Cannot use the answer: it is empty, the page is not'
    throw new OcrError('ENGINE_OUTPUT_INVALID', message, { usage })
  }

  const answer = async (
    image: PageImage,
    question: ModelQuestion,
    request: AnswerOptions,
  ): Promise<ModelAnswer> => {
    if (question.model !== 'deepseek') {
      throw new OcrError('ENGINE_REJECTED_REQUEST', 'Cannot ask: it is for another model')
    }
    const { fields } = requestOf(request.step ?? 'default')
    const reply = await ask(image, { prompt: withOneImage(question.prompt), fields }, request)
    // Nobody set a limit: an answer that did not end by itself ran away.
    return { text: withoutControlTokens(requireWhole(reply)), isWhole: true, usage: reply.usage }
  }

  return {
    id: 'deepseek',
    version: engineVersion({
      algorithm: ALGORITHM_VERSION,
      model: server.model,
      parameters: (['default', 'resample'] as const).map(requestOf),
    }),
    recognize,
    answer,
    async probe(signal) {
      try {
        await vllm.probe(signal)
      } catch (error) {
        guard.forget()
        throw error
      }
      await guard.require(signal)
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed'))
      await Promise.all([vllm[Symbol.asyncDispose](), transport[Symbol.asyncDispose]()])
    },
  }
}
