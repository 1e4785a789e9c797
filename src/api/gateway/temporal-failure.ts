import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client'
import { OcrError } from '../../platform/errors.ts'

/** How long a client should wait for a Temporal that does not answer. */
const RETRY_AFTER_MS = 5000

// https://grpc.github.io/grpc/core/md_doc_statuscodes.html: the caller's mistakes, hence bugs of ours.
const BUGS: readonly number[] = [3 /* INVALID_ARGUMENT */, 12 /* UNIMPLEMENTED */]

/**
 * Translates a call that Temporal did not answer to `SERVICE_UNAVAILABLE`; other errors (not found,
 * already started, bugs) stay what they are.
 */
export function temporalError(action: string, error: unknown): unknown {
  const code = grpcCodeOf(error)
  const isUnanswered = code === null ? isOutage(error) : !BUGS.includes(code)
  if (!isUnanswered) return error
  return new OcrError('SERVICE_UNAVAILABLE', `Cannot ${action}: Temporal does not answer`, {
    cause: error,
    retryAfterMs: RETRY_AFTER_MS,
  })
}

/** A connection that could not be made, and a namespace that is still being created. */
function isOutage(error: unknown): boolean {
  return error instanceof ServiceError || error instanceof NamespaceNotFoundError
}

/** The gRPC status code of a failed call; `null` when the error is no such failure. */
function grpcCodeOf(error: unknown): number | null {
  const failure = error instanceof ServiceError ? error.cause : error
  if (isGrpcServiceError(failure)) return failure.code
  return null
}
