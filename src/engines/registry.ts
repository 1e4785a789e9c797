import type { EngineId } from '../contract/engines.ts'
import { OcrError } from '../platform/errors.ts'
import { withCircuitBreaker } from './circuit-breaker.ts'
import { createDeepseekEngine, type DeepseekOptions } from './deepseek.ts'
import { createDotsEngine, type DotsOptions } from './dots.ts'
import type { OcrEngine } from './engine.ts'
import { createLlmEngine, type LlmOptions } from './llm.ts'
import { createOllamaEngine, type OllamaOptions } from './ollama.ts'
import { createPaddleEngine } from './paddle.ts'
import { createTesseractEngine } from './tesseract.ts'

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
  readonly ollama: OllamaOptions | null
  readonly dots: DotsOptions | null
  readonly deepseek: DeepseekOptions | null
}

// A new engine is one file, one line here and one in contract/engines.ts.
const FACTORIES: Record<EngineId, (options: EngineOptions) => OcrEngine> = {
  paddle: ({ slots, temporaryDirectory, paddleModelsDirectory }) =>
    createPaddleEngine({ slots, temporaryDirectory, modelsDirectory: paddleModelsDirectory }),
  tesseract: createTesseractEngine,
  llm: behindServer(
    'OCR_LLM_MODEL (with OCR_LLM_BASE_URL or OCR_LLM_API_KEY)',
    ({ llm }) => llm && createLlmEngine(llm),
  ),
  ollama: behindServer('OCR_OLLAMA_URL', ({ ollama }) => ollama && createOllamaEngine(ollama)),
  dots: behindServer('OCR_DOTS_URL', ({ dots }) => dots && createDotsEngine(dots)),
  deepseek: behindServer(
    'OCR_DEEPSEEK_URL',
    ({ deepseek }) => deepseek && createDeepseekEngine(deepseek),
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

/** The breaker stands before the line for the server: while that is down, nobody waits in it. */
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
