import type { EngineId } from '../contract/engines.ts'
import type { OcrEngine } from '../engines/engine.ts'
import type { BlobStore } from '../storage/blob-store.ts'

/** What the activities of a worker share. */
export type ActivityDependencies = {
  readonly store: BlobStore
  /** The engine of an id, made at its first use. */
  readonly engineFor: (id: EngineId) => OcrEngine
  /** Where uploads and page images are laid for the guarded children. */
  readonly temporaryDirectory: string
}
