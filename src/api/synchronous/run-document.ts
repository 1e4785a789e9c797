import type { Response } from 'express'
import type { DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { coerceError, OcrError } from '../../platform/errors.ts'
import { pause } from '../../platform/pause.ts'
import type { AppDeps } from '../app-deps.ts'
import type { Submission } from '../gateway/submission.ts'
import { closedSignal, noteDocument, requestIdOf } from '../http/request-context.ts'

/** The workflow ends by itself when its time is up, if there is a worker; then a little later. */
const MARGIN_MS = 30_000

/** Between two tries to hear of the end while Temporal or the store is away. */
const LOOK_AGAIN_MS = 1_000

/** A document that is answered in its request: it has a time limit. */
export type Run = Submission & {
  readonly deadlineMs: number
  /** Beyond the deadline, for a document that no worker ends. Default: 30 s. */
  readonly marginMs?: number
}

/**
 * Submits a document and waits until it has ended, through outages of Temporal and the store. When
 * the client's connection closes first, or the time is over, the document is cancelled.
 *
 * @returns a status whose state is final
 * @throws {OcrError} what submitting throws; `TIME_BUDGET`; `DOCUMENT_NOT_FOUND` when it was deleted
 * @throws an abort error when the client has left: there is nobody to answer
 */
export async function runDocument(
  deps: Pick<AppDeps, 'gateway' | 'logger'>,
  { marginMs = MARGIN_MS, ...submission }: Run,
  response: Response,
): Promise<DocumentStatus> {
  const closed = closedSignal(response)
  const { documentId } = await deps.gateway.submit(submission)
  noteDocument(response, documentId)
  using timeLimit = timeout(submission.deadlineMs + marginMs)
  try {
    closed.throwIfAborted()
    const signal = AbortSignal.any([closed, timeLimit.signal])
    const status = await awaitEnd(deps, documentId, signal)
    if (status === null)
      throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot await document: it was deleted')
    return status
  } catch (error) {
    if (closed.aborted || timeLimit.signal.aborted) await cancel(deps, documentId, response)
    throw error
  }
}

async function awaitEnd(
  { gateway }: Pick<AppDeps, 'gateway'>,
  documentId: DocumentId,
  signal: AbortSignal,
): Promise<DocumentStatus | null> {
  for (;;) {
    try {
      return await gateway.awaitEnd(documentId, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof OcrError) || error.kind !== 'busy') throw error
      // The document goes on by itself, and so does whoever waits for it.
      await pause(LOOK_AGAIN_MS, signal)
      signal.throwIfAborted()
    }
  }
}

async function cancel(
  { gateway, logger }: Pick<AppDeps, 'gateway' | 'logger'>,
  documentId: DocumentId,
  response: Response,
): Promise<void> {
  try {
    await gateway.cancel(documentId)
  } catch (error) {
    logger.warn(
      { requestId: requestIdOf(response), documentId, err: coerceError(error) },
      'a document that nobody waits for any more was not cancelled',
    )
  }
}

function timeout(ms: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new OcrError('TIME_BUDGET', 'Cannot await document: its time is over'))
  }, ms)
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) }
}
