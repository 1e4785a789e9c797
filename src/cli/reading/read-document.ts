import { stat } from 'node:fs/promises'
import { coerceError, isAbortError } from '../../platform/errors.ts'
import { CommandError } from '../command-error.ts'
import type { Input } from '../inputs/input.ts'
import { existsAlready } from '../output/write-file.ts'
import { toRunEvent } from '../progress/run-event.ts'
import type { DocumentBody } from '../server/document-body.ts'
import { followDocument } from '../server/follow-document.ts'
import { ServerError } from '../server/server-error.ts'
import { deliverResult } from './deliver-result.ts'
import type { Outcome, Run } from './run.ts'
import { submitInput } from './submit-input.ts'

const CANCEL_TIMEOUT_MS = 5_000

/**
 * Sends an input, follows its document to its end, and delivers the result; tells the reporter
 * whatever happens. After Ctrl-C, the document is cancelled on the server. Never throws what a
 * person can mend.
 */
export async function readDocument(input: Input, run: Run): Promise<Outcome> {
  let id: string | null = null
  try {
    const output = run.outputOf(input)
    // Said before the work is done, not after.
    if (output !== null && !run.mayReplace(output) && (await isThere(output)))
      throw existsAlready(output)
    id = await submitInput(input, run)
    run.reporter.report({ event: 'submitted', input: input.label, id })
    return await finish({ id, input, output }, run)
  } catch (error) {
    if (run.signal.aborted) return await cancel(id, input, run)
    return fail({ id, input, error }, run)
  }
}

type Accepted = { readonly id: string; readonly input: Input; readonly output: string | null }

async function finish({ id, input, output }: Accepted, run: Run): Promise<Outcome> {
  const { label } = input
  const document = await follow(id, label, run)
  if (document.status !== 'completed') {
    const { failure } = document
    const message = failure?.title ?? `the document was ${document.status}`
    run.reporter.report({
      event: 'failed',
      input: label,
      id,
      code: failure?.code ?? null,
      message,
    })
    return 'failed'
  }
  const delivered = await deliverResult(id, output, run)
  const { pages, failed_pages } = document
  run.reporter.report({
    event: 'result',
    input: label,
    id,
    pages,
    failed_pages,
    output,
    ...delivered,
  })
  return pages.failed > 0 ? 'flawed' : 'done'
}

async function follow(id: string, label: string, run: Run): Promise<DocumentBody> {
  let last: DocumentBody | null = null
  for await (const event of followDocument(run.client, id, { signal: run.signal })) {
    run.reporter.report(toRunEvent({ input: label, id }, event))
    if (event.kind === 'document') last = event.document
  }
  if (last === null) throw new Error('A document was followed to its end without a status')
  return last
}

async function cancel(id: string | null, input: Input, run: Run): Promise<Outcome> {
  if (id === null) return 'cancelled'
  try {
    // The signal of the run has fired already.
    await run.client.cancel(id, { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS), tries: 2 })
    run.reporter.report({ event: 'cancelled', input: input.label, id })
  } catch (error) {
    const hasEnded = error instanceof ServerError && error.code === 'DOCUMENT_FINISHED'
    if (!hasEnded)
      run.reporter.report({
        event: 'failed',
        input: input.label,
        id,
        code: null,
        message: `not cancelled, ${coerceError(error).message}; try: durable-ocr cancel ${id}`,
      })
  }
  return 'cancelled'
}

type Failing = { readonly id: string | null; readonly input: Input; readonly error: unknown }

function fail({ id, input, error }: Failing, run: Run): Outcome {
  const isServer = error instanceof ServerError
  // A file that is gone or may not be read, a full disk: their messages say it.
  const isSystem = error instanceof Error && 'syscall' in error
  if (!isServer && !isSystem && !(error instanceof CommandError) && !isAbortError(error))
    throw error
  const code = isServer ? error.code : null
  const { message } = coerceError(error)
  run.reporter.report({ event: 'failed', input: input.label, id, code, message })
  return isServer && error.httpStatus === null ? 'unreachable' : 'failed'
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
