import type { z } from 'zod'
import type { TemporalUiConfig } from '../../config/config.ts'
import type { DocumentStatus } from '../../contract/document-status.ts'
import { FAILURES } from '../../contract/failures.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { workflowIdFor } from '../../contract/names.ts'
import { formatPageRanges } from '../../contract/page-ranges.ts'
import { pageCountsOf } from '../../contract/progress.ts'
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

/** What the URLs of a status begin with. */
export type LinkBases = {
  /** `scheme://host` that the client reaches us at. */
  readonly origin: string
  readonly temporalUi: TemporalUiConfig | null
}

/** Status of a document as `/v1` shows it. */
export function toDocumentBody(
  status: DocumentStatus,
  { origin, temporalUi }: LinkBases,
): z.infer<typeof documentSchema> {
  const { progress, failureCode, manifest } = status
  const usage = manifest?.usage ?? null
  return {
    id: status.documentId,
    status: status.state,
    engine: status.engine,
    file_name: status.fileName,
    media_type: status.mediaType,
    size_bytes: status.sizeBytes,
    selection: status.pages === null ? null : formatPageRanges(status.pages),
    created_at: status.createdAt,
    started_at: status.startedAt,
    completed_at: status.endedAt,
    pages: pageCountsOf(progress),
    // Of a document that could not be opened there is no page to mark.
    page_marks: status.marks === '' ? null : status.marks,
    running_pages: status.pagesUnderWay.map(({ page, attempt, lastFailure }) => ({
      page,
      attempt,
      code: lastFailure,
    })),
    failed_pages: status.failedPages.map(({ page, code }) => ({ page, code })),
    failure:
      failureCode === null ? null : { code: failureCode, title: FAILURES[failureCode].title },
    queued_reason: status.queuedReason,
    results: manifest?.results ? toLinks(status.documentId, origin).results : null,
    usage:
      usage === null
        ? null
        : { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens },
    run_url: temporalUi === null ? null : runUrlOf(status.documentId, temporalUi),
  }
}

function runUrlOf(documentId: DocumentId, { url, namespace }: TemporalUiConfig): string {
  const workflow = encodeURIComponent(workflowIdFor(documentId))
  return `${url}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}`
}
