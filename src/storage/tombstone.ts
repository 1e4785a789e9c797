import type { Sha256 } from '../contract/identifiers.ts'

/** What stays of a document that was removed, so that its id is unknown while Temporal still knows it. */
export type Tombstone = {
  /** ISO 8601. */
  readonly deletedAt: string
  readonly documentSha256: Sha256 | null
  /** When the document ended, where the sweep removed it long after; absent: it was deleted. */
  readonly endedAt?: string
}
