import type { LadderStep } from '../contract/engines.ts'
import { OcrError } from '../platform/errors.ts'
import type { OcrEngine, PageImage, RecognizeOptions } from './engine.ts'
import { engineVersion } from './model-server/engine-version.ts'
import { pageOfReply } from './model-page/page-of-reply.ts'
import { pngToSend } from './model-page/page-png.ts'
import { promptFor, samplingFor } from './model-page/markdown-prompts.ts'
import { REQUEST_LIMITS, type RequestLimits } from './model-server/model-server.ts'
import { createOllamaServer } from './ollama/ollama-server.ts'
import { OllamaReadiness } from './ollama/readiness.ts'
import { Slots } from './slots.ts'

/** What the Ollama engine needs. */
export type OllamaOptions = {
  readonly baseUrl: string
  /** A name without a tag means `:latest`. */
  readonly model: string
  /** Context in tokens, at least 8,192 for page images. The same for all: another one reloads the model. */
  readonly numCtx: number
  /** Most tokens of one answer. */
  readonly numPredict: number
  /** How long Ollama keeps the model loaded after a page: `5m`, `-1` for ever. */
  readonly keepAlive: string
  /** Requests at the server at once, the others wait in line; no limit by default. */
  readonly slots?: number
  readonly limits?: RequestLimits
}

// Raise it when the same answer would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 1
const TEMPERATURE = 0

// The first byte comes with the first token: the model may have to be loaded, and on a CPU the image
// alone takes minutes.
const OLLAMA_LIMITS: RequestLimits = {
  ...REQUEST_LIMITS,
  firstByteMs: REQUEST_LIMITS.totalMs,
}

/**
 * A vision model in Ollama, asked for plain Markdown over Ollama's own API.
 *
 * Not over its OpenAI-compatible one: that cannot set the context, and a context that is too small
 * cuts the page without an error.
 */
export function createOllamaEngine(options: OllamaOptions): OcrEngine {
  const { model } = options
  const server = createOllamaServer(options.baseUrl, options.limits ?? OLLAMA_LIMITS)
  const readiness = new OllamaReadiness(server, { model })
  // Ollama puts the image before the text itself.
  const prompt = promptFor(model).replace('<image>', '')
  const slots = new Slots(options.slots ?? Infinity)
  const closing = new AbortController()

  const recognize = async (image: PageImage, request: RecognizeOptions) => {
    const signal = AbortSignal.any([request.signal, closing.signal])
    signal.throwIfAborted()
    const png = await pngToSend(image, request.pixelShare)
    await readiness.ensure(signal)
    const images = [Buffer.from(png).toString('base64')]
    const question = {
      ...parametersFor(options, request.step),
      model,
      messages: [{ role: 'user', content: prompt, images }],
      stream: true,
      keep_alive: keepAliveField(options.keepAlive),
    }
    const call = { signal, ...(request.onTokens && { onTokens: request.onTokens }) }
    const reply = await slots.use(signal, () => server.chat(question, call), request.guard)
    return pageOfReply(reply, image)
  }

  return {
    id: 'ollama',
    version: engineVersion({
      algorithm: ALGORITHM_VERSION,
      model,
      parameters: [prompt, parametersFor(options), parametersFor(options, 'resample')],
    }),
    recognize,
    probe: (signal) => readiness.check(AbortSignal.any([signal, closing.signal])),
    async [Symbol.asyncDispose]() {
      closing.abort(new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed'))
      await server[Symbol.asyncDispose]()
    },
  }
}

/** The fields of a request that decide the answer, beside model and prompt. */
function parametersFor(options: OllamaOptions, step: LadderStep = 'default') {
  return {
    // A context that is too small becomes an error, or an answer that says that it is cut.
    truncate: false,
    shift: false,
    // What a model thinks is no text of the page, and costs minutes.
    think: false,
    options: {
      ...samplingFor(step, TEMPERATURE),
      num_ctx: options.numCtx,
      num_predict: options.numPredict,
    },
  }
}

/** `-1` and other whole numbers are seconds, and must be sent as numbers; `5m` is a text. */
function keepAliveField(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text
}
