import { setTimeout as wait } from 'node:timers/promises'
import type { DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import type { DocumentRun } from './document-run.ts'
import type { StatusReader } from './read-status.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

const LOOK_AGAIN_MS = 5000
const PAUSE_MS = 100

/** Answer to a cancel. Accepted is binding: the document will never be completed. */
export type CancelAnswer = { readonly accepted: boolean; readonly status: DocumentStatus }

/** What cancelling works with. */
export type CancelDependencies = {
  readonly temporal: TemporalDocuments
  readonly statuses: StatusReader
}

/**
 * Asks a document's workflow to stop and looks for up to 5 s how it ends; `null` for an unknown id.
 * The workflow decides: it may complete before it sees the request.
 *
 * @throws {OcrError} `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE`
 */
export async function cancelDocument(
  { temporal, statuses }: CancelDependencies,
  documentId: DocumentId,
): Promise<CancelAnswer | null> {
  statuses.forget(documentId)
  const before = await statuses.reload(documentId)
  if (before === null) return null
  if (before.endedAt !== null) return { accepted: false, status: before }
  await cancelAndWait(temporal, documentId, LOOK_AGAIN_MS)
  statuses.forget(documentId)
  const status = await statuses.reload(documentId)
  if (status === null) return null
  return { accepted: status.state === 'cancelled' || status.state === 'cancelling', status }
}

/**
 * Requests the cancel of a run and waits for its end; gives the last look, `null` when it is gone.
 *
 * @throws {OcrError} `SERVICE_UNAVAILABLE`
 */
export async function cancelAndWait(
  temporal: TemporalDocuments,
  documentId: DocumentId,
  waitMs: number,
): Promise<DocumentRun | null> {
  await temporal.requestCancel(documentId)
  const giveUpAtMs = Date.now() + waitMs
  for (;;) {
    const run = await temporal.describe(documentId)
    if (run?.state !== 'running' || Date.now() >= giveUpAtMs) return run
    await wait(PAUSE_MS)
  }
}
