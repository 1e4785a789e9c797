import type { DocumentId } from '../../contract/identifiers.ts'
import type { BlobEntry } from '../../storage/blob-store.ts'
import { DAY_MS, type SweepPass } from './sweep-pass.ts'

/** What the store tells of a document without reading anything. */
export type DocumentFiles = {
  readonly documentId: DocumentId
  readonly manifest: Pick<BlobEntry, 'modifiedAt'> | null
  /** Its request; where that is gone, its youngest object. */
  readonly request: Pick<BlobEntry, 'modifiedAt'>
}

/** How a document ended. */
export type DocumentEnd = {
  readonly endedAtMs: number
  /** Temporal still knows its run. */
  readonly isKnown: boolean
}

/**
 * How a document ended that did so longer ago than `keptMs`; `null`: it runs, or has not been over
 * for that long. One that Temporal does not know was never started once its request is a day old.
 *
 * Temporal has the last word, also over a manifest: a run may have been reset.
 *
 * @throws {OcrError} `SERVICE_UNAVAILABLE`
 */
export async function findEnd(
  pass: SweepPass,
  { documentId, manifest, request }: DocumentFiles,
  keptMs: number,
): Promise<DocumentEnd | null> {
  const nowMs = pass.deps.nowMs()
  const lastSign = manifest ?? request
  const lastSignMs = Date.parse(lastSign.modifiedAt)
  // Nobody need be asked of what is young: most documents are.
  if (pass.ageMs(lastSign) < (manifest === null ? DAY_MS : keptMs)) return null
  const run = await pass.deps.findRun(documentId)
  if (run === null) return { endedAtMs: lastSignMs, isKnown: false }
  if (run.isRunning) return null
  const endedAtMs = run.closedAtMs ?? lastSignMs
  return nowMs - endedAtMs < keptMs ? null : { endedAtMs, isKnown: true }
}
