import type { EngineId } from '../contract/engines.ts'
import type { OcrEngine } from './engine.ts'
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
}

// A new engine is one file, one line here and one in contract/engines.ts.
const FACTORIES: Record<EngineId, (options: EngineOptions) => OcrEngine> = {
  paddle: ({ slots, temporaryDirectory, paddleModelsDirectory }) =>
    createPaddleEngine({ slots, temporaryDirectory, modelsDirectory: paddleModelsDirectory }),
  tesseract: createTesseractEngine,
}

/**
 * Creates an engine. It starts processes when it is first used; dispose of it to end them.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` when a setting names something unusable
 */
export function createEngine(id: EngineId, options: EngineOptions): OcrEngine {
  return FACTORIES[id](options)
}
