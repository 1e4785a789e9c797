import type { z } from 'zod'
import type { DocumentStatus } from '../../contract/document-status.ts'
import { FAILURES } from '../../contract/failures.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import type { documentSchema, submittedSchema } from './schemas.ts'

/** Path of a document. */
export const documentPath = (documentId: DocumentId): string => `/v1/documents/${documentId}`

/** URLs of everything that can be asked of a document. */
export function toLinks(
  documentId: DocumentId,
  origin: string,
): z.infer<typeof submittedSchema>['links'] {
  const self = origin + documentPath(documentId)
  const result = (format: string): string => `${self}/result?format=${format}`
  return {
    self,
    cancel: `${self}/cancel`,
    pages: `${self}/pages/{n}`,
    results: { text: result('text'), markdown: result('markdown'), json: result('json') },
  }
}

/** Status of a document as `/v1` shows it. */
export function toDocumentBody(
  status: DocumentStatus,
  origin: string,
): z.infer<typeof documentSchema> {
  const { progress, failureCode, manifest } = status
  const usage = manifest?.usage ?? null
  return {
    id: status.documentId,
    status: status.state,
    engine: status.engine,
    file_name: status.fileName,
    created_at: status.createdAt,
    started_at: status.startedAt,
    completed_at: status.endedAt,
    pages: {
      total: progress.totalPages,
      done: progress.donePages,
      ok: progress.okPages,
      empty: progress.emptyPages,
      degraded: progress.degradedPages,
      failed: progress.failedPages,
    },
    failed_pages: status.failedPages.map(({ page, code }) => ({ page, code })),
    failure:
      failureCode === null ? null : { code: failureCode, title: FAILURES[failureCode].title },
    queued_reason: status.queuedReason,
    results: manifest?.results ? toLinks(status.documentId, origin).results : null,
    usage:
      usage === null
        ? null
        : { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens },
  }
}
