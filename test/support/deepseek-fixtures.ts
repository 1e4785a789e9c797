import { createDeepseekEngine } from '../../src/engines/deepseek.ts'
import type { OcrEngine } from '../../src/engines/engine.ts'
import { REQUEST_LIMITS } from '../../src/engines/model-server/model-server.ts'
import { drawPage } from './draw-page.ts'
import type { FakeModelServer } from './fakes/fake-model-server.ts'

/** A page with some text on it. */
export const DEEPSEEK_PAGE = drawPage([{ text: 'Some text', xPx: 100, yPx: 300 }], {
  widthPx: 1000,
  heightPx: 1400,
})

/** A DeepSeek-OCR engine that asks the given server. */
export function deepseekEngine(server: FakeModelServer): OcrEngine {
  return createDeepseekEngine({
    server: { baseUrl: server.url, apiKey: null, model: 'deepseek-ai/DeepSeek-OCR' },
    limits: { ...REQUEST_LIMITS, connectMs: 2_000, totalMs: 20_000 },
  })
}
