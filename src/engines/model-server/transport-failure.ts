import type { FailureCode } from '../../contract/failures.ts'
import { OcrError } from '../../platform/errors.ts'

/** Codes of Node and undici that do not mean that the connection failed. */
const OTHER_CODES: Readonly<Record<string, readonly [FailureCode, string]>> = {
  UND_ERR_HEADERS_TIMEOUT: ['ENGINE_TIMED_OUT', 'no answer in time'],
  UND_ERR_BODY_TIMEOUT: ['ENGINE_TIMED_OUT', 'the answer stopped'],
  UND_ERR_HEADERS_OVERFLOW: ['ENGINE_REPLY_BROKEN', 'the headers are too long'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['ENGINE_REPLY_BROKEN', 'the answer is too long'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['ENGINE_REPLY_BROKEN', 'the answer has another length'],
}

/** Codes of TLS: somebody has to change the URL or the certificates. */
const TLS_CODE =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/

/** A connection that never came about: the request cannot have reached the server. */
const NEVER_CONNECTED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/

/**
 * The failure for what a request, or reading its answer, threw. Before the answer a broken connection
 * is `ENGINE_UNREACHABLE`, within it `ENGINE_REPLY_BROKEN`. An `OcrError` stays as it is.
 *
 * @throws whatever has no code of Node or undici: it is a bug
 */
export function failureOfTransport(
  error: unknown,
  { hasAnswered }: { readonly hasAnswered: boolean } = { hasAnswered: false },
): OcrError {
  if (error instanceof OcrError) return error
  const code = codeOfError(error)
  if (code === null) throw error
  const fail = (failure: FailureCode, state: string): OcrError =>
    new OcrError(failure, `Cannot get an answer from the engine: ${state} (${code})`, {
      cause: error,
    })
  const other = OTHER_CODES[code]
  if (other !== undefined) return fail(...other)
  if (TLS_CODE.test(code)) return fail('ENGINE_MISCONFIGURED', 'no secure connection')
  if (code === 'HPE') return fail('ENGINE_REPLY_BROKEN', 'it is not HTTP')
  return hasAnswered
    ? fail('ENGINE_REPLY_BROKEN', 'the connection broke off')
    : fail('ENGINE_UNREACHABLE', 'no connection')
}

/** Tells whether the request behind a failure may have reached the server. */
export function mayHaveArrived(failure: OcrError): boolean {
  return !NEVER_CONNECTED.test(codeOfError(failure.cause) ?? '')
}

function codeOfError(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  // Of undici 8 some have no code.
  if (error.name === 'HTTPParserError') return 'HPE'
  // Several addresses were tried in vain: an AggregateError has the code of the first. A DOMException
  // has a number.
  return 'code' in error && typeof error.code === 'string' ? error.code : null
}
