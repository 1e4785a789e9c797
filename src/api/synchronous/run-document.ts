import type { Response } from 'express'
import type { DocumentStatus } from '../../contract/document-status.ts'
import { coerceError, OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import type { Submission } from '../gateway/submission.ts'
import { closedSignal, noteDocument, requestIdOf } from '../http/request-context.ts'

/**
 * Submits a document and waits until it has ended. When the client's connection closes first, the
 * document is cancelled and an abort error is thrown: there is nobody left to answer.
 *
 * @returns a status whose state is final
 * @throws {OcrError} what submitting throws; `SERVICE_UNAVAILABLE`, after which the document goes on
 */
export async function runDocument(
  { gateway, logger }: Pick<AppDeps, 'gateway' | 'logger'>,
  submission: Submission,
  response: Response,
): Promise<DocumentStatus> {
  const closed = closedSignal(response)
  const { documentId } = await gateway.submit(submission)
  noteDocument(response, documentId)
  try {
    closed.throwIfAborted()
    const status = await gateway.awaitEnd(documentId, closed)
    if (status === null)
      throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot await document: it was deleted')
    return status
  } catch (error) {
    if (closed.aborted)
      await gateway.cancel(documentId).catch((failure: unknown) => {
        logger.warn(
          { requestId: requestIdOf(response), documentId, err: coerceError(failure) },
          'the document of a client that left was not cancelled',
        )
      })
    throw error
  }
}
