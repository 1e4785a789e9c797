import type { z } from 'zod'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { PageNumber } from '../../../contract/identifiers.ts'
import type { PageReading } from '../../../contract/page.ts'
import { batchesOf } from './batches.ts'
import type { batchRowSchema } from './schemas.ts'
import { round } from './task-row.ts'

/** A batch as answers show it. */
export type BatchRow = z.infer<typeof batchRowSchema>

/** Rows of the batches of a task, in order. */
export function toBatchRows(
  status: DocumentStatus,
  batchSize: number,
  readings: ReadonlyMap<PageNumber, PageReading>,
): BatchRow[] {
  return batchesOf(status, batchSize, readings).map((batch) => ({
    id: batch.id,
    task_id: status.documentId,
    batch_number: batch.number,
    status: batch.state,
    page_start: batch.firstPage,
    page_end: batch.lastPage,
    pages_count: batch.pages,
    processed_pages: batch.donePages,
    failed_pages: batch.failedPages,
    created_at: status.createdAt,
    started_at: isoOrNull(batch.startedAtMs),
    completed_at: isoOrNull(batch.endedAtMs),
    processing_time:
      batch.startedAtMs === null || batch.endedAtMs === null
        ? null
        : round((batch.endedAtMs - batch.startedAtMs) / 1000),
  }))
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}
