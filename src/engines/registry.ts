import type { EngineId } from '../contract/engines.ts'
import { OcrError } from '../platform/errors.ts'
import { withCircuitBreaker } from './circuit-breaker.ts'
import { createDeepseekEngine, type DeepseekOptions } from './deepseek.ts'
import { createDotsEngine, type DotsOptions } from './dots.ts'
import type { OcrEngine } from './engine.ts'
import { createLlmEngine, type LlmOptions } from './llm.ts'
import { chatBaseUrl } from './model-server/base-url.ts'
import { createOllamaEngine, type OllamaOptions } from './ollama.ts'
import { createPaddleEngine } from './paddle.ts'
import { createTesseractEngine } from './tesseract.ts'
import { withSlots } from './with-slots.ts'

/** What any engine of the registry may need. */
export type EngineOptions = {
  /** Pages read at once by an engine that works on this host. */
  readonly slots: number
  /** Exists and can be written to. */
  readonly temporaryDirectory: string
  /** Setting `OCR_PADDLE_MODELS`; `null`: the models that npm brings. */
  readonly paddleModelsDirectory: string | null
  /** Left out: no engine behind a server is set up. */
  readonly servers?: ServerEngines
}

/** The engines behind servers; `null`: not set up. */
export type ServerEngines = {
  readonly llm: LlmOptions | null
  /** Pages at the LLM's server at once. */
  readonly remoteSlots: number
  readonly ollama: OllamaOptions | null
  /** Pages at the Ollama server at once. */
  readonly ollamaSlots: number
  readonly dots: DotsOptions | null
  readonly deepseek: DeepseekOptions | null
  /** Pages at a vLLM server at once. */
  readonly gpuSlots: number
}

// A new engine is one file, one line here and one in contract/engines.ts.
const FACTORIES: Record<EngineId, (options: EngineOptions) => OcrEngine> = {
  paddle: ({ slots, temporaryDirectory, paddleModelsDirectory }) =>
    createPaddleEngine({ slots, temporaryDirectory, modelsDirectory: paddleModelsDirectory }),
  tesseract: createTesseractEngine,
  llm: behindServer(
    'OCR_LLM_MODEL',
    ({ llm, remoteSlots }) => llm && withSlots(createLlmEngine(llm), remoteSlots),
  ),
  ollama: behindServer(
    'OCR_OLLAMA_URL',
    ({ ollama, ollamaSlots }) => ollama && withSlots(createOllamaEngine(ollama), ollamaSlots),
  ),
  dots: behindServer(
    'OCR_DOTS_URL',
    ({ dots, gpuSlots }) => dots && withSlots(createDotsEngine(withChatUrl(dots)), gpuSlots),
  ),
  deepseek: behindServer(
    'OCR_DEEPSEEK_URL',
    ({ deepseek, gpuSlots }) => deepseek && withSlots(createDeepseekEngine(deepseek), gpuSlots),
  ),
}

/**
 * Creates an engine. It starts processes when it is first used; dispose of it to end them.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` when it is not set up, or a setting names something unusable
 */
export function createEngine(id: EngineId, options: EngineOptions): OcrEngine {
  return FACTORIES[id](options)
}

/** People write the address of a server with or without what the chat API needs. */
function withChatUrl(options: DotsOptions): DotsOptions {
  const { server } = options
  return { ...options, server: { ...server, baseUrl: chatBaseUrl(server.baseUrl) } }
}

/** The breaker outside of the slots: while the server is down, nobody waits for one. */
function behindServer(
  setting: string,
  create: (servers: ServerEngines) => OcrEngine | null,
): (options: EngineOptions) => OcrEngine {
  return ({ servers }) => {
    const engine = servers === undefined ? null : create(servers)
    if (engine !== null) return withCircuitBreaker(engine)
    throw new OcrError('ENGINE_MISCONFIGURED', 'Cannot make engine: it is not set up', {
      publicDetail: `${setting} is not set`,
    })
  }
}
