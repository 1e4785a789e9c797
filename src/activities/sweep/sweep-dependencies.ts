import type { DocumentId } from '../../contract/identifiers.ts'
import type { RetentionRules } from '../../contract/sweep.ts'
import type { BlobStore } from '../../storage/blob-store.ts'

/** How the workflow of a document stands. */
export type WorkflowRun = {
  readonly isRunning: boolean
  /** Epoch ms; `null` while it runs. */
  readonly closedAtMs: number | null
}

/** What sweeping works with. */
export type SweepDependencies = {
  readonly store: BlobStore
  /**
   * Asks Temporal for the last run of a document; `null`: it knows none.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`
   */
  readonly findRun: (documentId: DocumentId) => Promise<WorkflowRun | null>
  /** As this worker is configured. */
  readonly retention: RetentionRules
  /** Where uploads and page images of this host are laid. */
  readonly temporaryDirectory: string
  /** Epoch ms. */
  readonly nowMs: () => number
  /** Told of each thing that could not be swept. */
  readonly onFailure?: (code: string) => void
  /** Objects that one step looks at, at least; then it goes on in the next one. */
  readonly objectsPerStep?: number
}
