import type { DocumentStatus } from '../../contract/document-status.ts'
import type { FailureCode } from '../../contract/failures.ts'
import { OcrError } from '../../platform/errors.ts'
import type { DocumentGateway } from '../gateway/document-gateway.ts'

/**
 * Text of the only page of a document that has ended.
 *
 * @throws {OcrError} why there is none: the failure of the page, or else of the document;
 *   `BLOB_MISSING` when the page was read and its record is gone
 */
export async function readPageText(
  gateway: Pick<DocumentGateway, 'pageRecord'>,
  status: DocumentStatus,
): Promise<string> {
  const record =
    status.state === 'completed' ? await gateway.pageRecord(status.documentId, 1) : null
  if (record !== null) return record.text
  throw new OcrError(failureOf(status), `Cannot answer: the page of a ${status.state} document`)
}

function failureOf({ state, failedPages, failureCode }: DocumentStatus): FailureCode {
  if (state === 'cancelled') return 'CANCELLED'
  const ofPage = failedPages[0]?.code
  if (ofPage !== undefined) return ofPage
  return state === 'completed' ? 'BLOB_MISSING' : (failureCode ?? 'INTERNAL_SERVER_ERROR')
}
