import type { Config } from '../config/config.ts'
import type { EngineOptions } from '../engines/registry.ts'

/** What the engines of a process need, from its configuration. */
export function engineOptionsOf(config: Config, temporaryDirectory: string): EngineOptions {
  const { engines, worker } = config
  return {
    slots: worker.cpuSlots,
    temporaryDirectory,
    paddleModelsDirectory: engines.paddleModelsDirectory,
    servers: {
      llm: engines.llm,
      ollama: engines.ollama,
      dots: engines.dots,
      deepseek: engines.deepseek,
    },
  }
}
