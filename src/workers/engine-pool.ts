import type { EngineId } from '../contract/engines.ts'
import type { OcrEngine } from '../engines/engine.ts'

/** The engines of a process, each made at its first use; disposing ends their children. */
export type EnginePool = AsyncDisposable & { readonly engineFor: (id: EngineId) => OcrEngine }

/** Creates an empty pool around a factory. */
export function createEnginePool(create: (id: EngineId) => OcrEngine): EnginePool {
  const engines = new Map<EngineId, OcrEngine>()
  return {
    engineFor(id) {
      const engine = engines.get(id) ?? create(id)
      engines.set(id, engine)
      return engine
    },
    async [Symbol.asyncDispose]() {
      for (const engine of engines.values()) await engine[Symbol.asyncDispose]()
    },
  }
}
