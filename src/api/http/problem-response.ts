import type { ErrorRequestHandler, Request, Response } from 'express'
import type { Logger } from 'pino'
import { z } from 'zod'
import { FAILURES, type FailureCode } from '../../contract/failures.ts'
import { coerceError, isAbortError, OcrError } from '../../platform/errors.ts'
import { pathOf } from './access-log.ts'
import { notedDocument, noteFailure, requestIdOf } from './request-context.ts'
import { RequestError, type RequestIssue } from './request-error.ts'

const RETRY_AFTER_DEFAULT_SECONDS = 5
// Design 6: longer waits are not announced.
const RETRY_AFTER_MAX_SECONDS = 300

/** What a client may know of something that was thrown. */
export type PublicFailure = {
  readonly code: FailureCode
  /** Status of `/v1`; dialects have their own map. */
  readonly httpStatus: number
  readonly detail: string | null
  readonly issues: readonly RequestIssue[]
  /** 1 to 300; `null` for failures that waiting does not cure. */
  readonly retryAfterSeconds: number | null
}

/** Writes the answer to a failed request in one envelope. */
export type FailureWriter = (failure: PublicFailure, req: Request, res: Response) => void

/** Body of a problem of `/v1` (RFC 9457). `type` leads to the code's heading in `/errors`. */
export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string(),
    code: z.string().meta({ description: 'Code of the failure table; see /errors' }),
    document_id: z.string().optional(),
    request_id: z.string(),
    errors: z
      .array(z.strictObject({ in: z.string(), path: z.string(), message: z.string() }))
      .optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' })

/**
 * Reads anything that was thrown: `OcrError` by its code, errors of body-parser and Express by their
 * status, all else as `INTERNAL_SERVER_ERROR` without a detail.
 */
export function readFailure(thrown: unknown): PublicFailure {
  if (thrown instanceof OcrError) {
    const isRequestError = thrown instanceof RequestError
    const httpStatus = isRequestError ? thrown.httpStatus : FAILURES[thrown.code].httpStatus
    return {
      code: thrown.code,
      httpStatus,
      detail: thrown.publicDetail,
      issues: isRequestError ? thrown.issues : [],
      retryAfterSeconds: retryAfterSeconds(httpStatus, thrown.retryAfterMs),
    }
  }
  return readHttpError(thrown) ?? failureOf('INTERNAL_SERVER_ERROR')
}

/** Answers in RFC 9457 `application/problem+json`. */
export function writeProblem(failure: PublicFailure, req: Request, res: Response): void {
  const documentId = notedDocument(res)
  const problem: z.infer<typeof problemSchema> = {
    type: `/errors#${failure.code}`,
    title: FAILURES[failure.code].title,
    status: failure.httpStatus,
    ...(failure.detail === null ? {} : { detail: failure.detail }),
    instance: pathOf(req),
    code: failure.code,
    ...(documentId === null ? {} : { document_id: documentId }),
    request_id: requestIdOf(res),
    ...(failure.issues.length === 0 ? {} : { errors: [...failure.issues] }),
  }
  res.status(failure.httpStatus).type('application/problem+json').send(JSON.stringify(problem))
}

/**
 * The error middleware of a router: logs what was thrown and lets `write` answer. Expected failures
 * are logged with their code, everything else with its stack, all under the request's id.
 */
export function handleFailures(write: FailureWriter, logger: Logger): ErrorRequestHandler {
  // Express tells error middleware by its four parameters.
  return (thrown: unknown, req, res, _next) => {
    if (res.closed && isAbortError(thrown)) {
      // The client left, and what was done for it was stopped: there is nobody to answer.
      logger.info({ requestId: requestIdOf(res) }, 'the client left before its answer')
      return
    }
    const failure = readFailure(thrown)
    noteFailure(res, failure.code)
    logFailure(logger, { failure, thrown, res })
    if (res.headersSent) {
      // Half an answer is out; only a broken connection tells the client that it is not whole.
      res.destroy()
      return
    }
    for (const name of ['ETag', 'Last-Modified', 'Content-Disposition', 'Content-Length'])
      res.removeHeader(name)
    res.setHeader('Cache-Control', 'no-store')
    if (failure.retryAfterSeconds !== null)
      res.setHeader('Retry-After', String(failure.retryAfterSeconds))
    write(failure, req, res)
  }
}

function logFailure(
  logger: Logger,
  { failure, thrown, res }: { failure: PublicFailure; thrown: unknown; res: Response },
): void {
  const line = {
    requestId: requestIdOf(res),
    documentId: notedDocument(res) ?? undefined,
    code: failure.code,
  }
  if (FAILURES[failure.code].kind === 'bug')
    logger.error({ ...line, err: coerceError(thrown) }, 'request failed')
  else if (failure.httpStatus >= 500)
    logger.warn({ ...line, err: coerceError(thrown) }, 'request refused')
  else logger.info(line, 'request refused')
}

/** A failure without a detail. */
function failureOf(
  code: FailureCode,
  httpStatus: number = FAILURES[code].httpStatus,
): PublicFailure {
  return {
    code,
    httpStatus,
    detail: null,
    issues: [],
    retryAfterSeconds: retryAfterSeconds(httpStatus, null),
  }
}

/** Reads the errors of http-errors, which body-parser and Express throw: a 4xx is the client's. */
function readHttpError(thrown: unknown): PublicFailure | null {
  if (!(thrown instanceof Error) || !('status' in thrown)) return null
  const { status } = thrown
  if (typeof status !== 'number' || status < 400 || status > 499) return null
  return status === 413 ? failureOf('FILE_TOO_LARGE') : failureOf('REQUEST_MALFORMED', status)
}

function retryAfterSeconds(httpStatus: number, retryAfterMs: number | null): number | null {
  const isAlwaysTold = httpStatus === 429 || httpStatus === 503
  if (retryAfterMs === null && !isAlwaysTold) return null
  const seconds =
    retryAfterMs === null ? RETRY_AFTER_DEFAULT_SECONDS : Math.ceil(retryAfterMs / 1_000)
  return Math.min(Math.max(seconds, 1), RETRY_AFTER_MAX_SECONDS)
}
