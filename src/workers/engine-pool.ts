import type { EngineId } from '../contract/engines.ts'
import type { OcrEngine } from '../engines/engine.ts'
import { OcrError } from '../platform/errors.ts'

/** The engines of a process, each made at its first use; disposing ends their children. */
export type EnginePool = AsyncDisposable & {
  readonly engineFor: (id: EngineId) => OcrEngine
  /** Version of an engine; `null` where it is not set up. */
  readonly versionOf: (id: EngineId) => string | null
  /** Those that were made. */
  readonly made: () => readonly OcrEngine[]
}

/** Creates an empty pool around a factory, which throws `ENGINE_MISCONFIGURED` for what is not set up. */
export function createEnginePool(create: (id: EngineId) => OcrEngine): EnginePool {
  const engines = new Map<EngineId, OcrEngine>()
  const engineFor = (id: EngineId): OcrEngine => {
    const engine = engines.get(id) ?? create(id)
    engines.set(id, engine)
    return engine
  }
  return {
    engineFor,
    versionOf(id) {
      try {
        return engineFor(id).version
      } catch (error) {
        if (error instanceof OcrError && error.code === 'ENGINE_MISCONFIGURED') return null
        throw error
      }
    },
    made: () => [...engines.values()],
    async [Symbol.asyncDispose]() {
      for (const engine of engines.values()) await engine[Symbol.asyncDispose]()
    },
  }
}
