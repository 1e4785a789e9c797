import { errors } from 'undici'
import { OcrError } from '../errors.ts'

/**
 * The one failure for everything that a server, or the network before it, did not do. It is the same
 * for a closed port, a silent one and a broken answer, so nobody can scan a network with it.
 *
 * @param reason for the log, as the cause; a word or a code, without host, address or URL
 */
export function fetchFailed(reason: string): OcrError {
  return new OcrError('FETCH_FAILED', 'Cannot fetch the file: its server did not deliver it', {
    cause: new Error(reason),
  })
}

/** The failure for a server that says no: not there, not allowed, expired. */
export function fetchRefused(status: number): OcrError {
  return new OcrError('FETCH_REFUSED', 'Cannot fetch the file: its server does not give it out', {
    cause: new Error(`status ${status}`),
  })
}

/**
 * The failure for what Node or undici threw. Only the code is kept: their messages name the host. An
 * `OcrError` stays as it is.
 *
 * @throws whatever has no code: it is a bug
 */
export function failureOfNetwork(error: unknown): OcrError {
  if (error instanceof OcrError) return error
  // undici 8.13.1 means to give this one a code, and gives it none.
  if (error instanceof errors.HTTPParserError) return fetchFailed('not HTTP')
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return fetchFailed(error.code)
  }
  throw error
}
