import type { DocumentId } from '../../../contract/identifiers.ts'
import type { PageAllowance } from './quota.ts'

/** A task that was accepted. */
export type AcceptedTask = {
  readonly documentId: DocumentId
  readonly sizeBytes: number
  /** Its key had been used: it was accepted before. */
  readonly isReplayed: boolean
  /** It was submitted with an idempotency key. */
  readonly isKeyed: boolean
  /** What the pages of the request count against; a new task has used one of them. */
  readonly allowance: PageAllowance
}
