import type { Response } from 'express'
import { codeOf, coerceError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { notedDocument, requestIdOf } from '../../http/request-context.ts'
import { readPageText } from '../../synchronous/page-text.ts'
import { runDocument, type Run } from '../../synchronous/run-document.ts'
import { AnswerLines } from './answer-lines.ts'
import { toErrorAnswer } from './error-body.ts'

type Deps = Pick<AppDeps, 'gateway' | 'relays' | 'logger'>

/**
 * Runs a document and answers the text of its page while it is written; resolves when the answer is
 * out. Without a relay that the worker reaches, the text comes in one line at the end.
 *
 * A failure after the first line is told by the last one, and ends the document: what was sent cannot
 * be taken back, so nothing may be tried again.
 *
 * @throws {OcrError} a failure before the first line
 */
export async function streamAnswer(deps: Deps, submission: Run, response: Response): Promise<void> {
  using relay = deps.relays.open()
  const lines = new AnswerLines(response)
  const run = runDocument(deps, { ...submission, relayUrl: relay.url }, response)
  const stopWaiting = (): void => {
    if (!lines.hasBegun || response.closed) relay[Symbol.dispose]()
  }
  run.then(stopWaiting, stopWaiting)
  try {
    for await (const piece of relay.pieces) await lines.write(piece)
    const status = await run
    const text = await readPageText(deps.gateway, status)
    if (!lines.hasBegun) await lines.write(text)
    await lines.end()
  } catch (error) {
    if (!lines.hasBegun) throw error
    if (response.closed) {
      // Whatever broke: the client has left, which the run knows and says.
      await run
      return
    }
    deps.logger.warn(
      { requestId: requestIdOf(response), code: codeOf(error), err: coerceError(error) },
      'a streamed answer broke off',
    )
    await lines.fail(toErrorAnswer(codeOf(error)).body.error)
    const documentId = notedDocument(response)
    if (documentId !== null) await deps.gateway.cancel(documentId)
  }
}
