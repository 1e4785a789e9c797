import type { OcrEngine, PageImage } from '../../src/engines/engine.ts'
import { DEEPSEEK_PAGE, deepseekEngine } from './deepseek-fixtures.ts'
import { dotsEngine, dotsPage } from './dots-fixtures.ts'
import type { FakeModelServer } from './fakes/fake-model-server.ts'
import { createFakeVllm } from './fakes/fake-vllm.ts'

/** One of the engines behind vLLM, with its server and a page that is not blank. */
export type GpuSetup = AsyncDisposable & {
  readonly server: FakeModelServer
  readonly engine: OcrEngine
  readonly page: PageImage
}

/** Ids of the engines behind vLLM. */
export const GPU_ENGINES = ['dots', 'deepseek'] as const

/** Starts a fake vLLM with the model of an engine, and the engine. */
export async function startGpuEngine(id: (typeof GPU_ENGINES)[number]): Promise<GpuSetup> {
  const server = await createFakeVllm({ model: id })
  const engine = id === 'dots' ? dotsEngine(server) : deepseekEngine(server)
  return {
    server,
    engine,
    page: id === 'dots' ? await dotsPage() : DEEPSEEK_PAGE,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
