import type { DocumentStatus } from '../../../contract/document-status.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'

/**
 * What the model said of an image.
 *
 * @throws {OcrError} why the document failed
 */
export async function textOf(
  { gateway }: Pick<AppDeps, 'gateway'>,
  { documentId, state, failureCode, failedPages }: DocumentStatus,
): Promise<string> {
  const record = state === 'completed' ? await gateway.pageRecord(documentId, 1) : null
  if (record !== null) return record.text
  const code = state === 'cancelled' ? 'CANCELLED' : (failedPages[0]?.code ?? failureCode)
  throw new OcrError(code ?? 'INTERNAL_SERVER_ERROR', 'Cannot answer: the image was not read')
}
