import type { FailureCode } from '../../../contract/failures.ts'
import type { ErrorType } from './schemas.ts'

/** What the document calls each failure, in an error body and in a failed task alike. */
export const TYPE_OF_FAILURE: Readonly<Record<FailureCode, ErrorType>> = {
  // The file and its URL.
  UNSUPPORTED_FILE_TYPE: 'modal_type_not_supported',
  FILE_TOO_LARGE: 'InvalidParameter',
  EMPTY_FILE: 'InvalidParameter',
  INVALID_FILE_NAME: 'InvalidParameter',
  URL_NOT_ALLOWED: 'InvalidParameter',
  PATH_INPUT_DISABLED: 'InvalidParameter',
  WEBHOOKS_DISABLED: 'InvalidParameter',
  FETCH_REFUSED: 'InvalidParameter',
  FETCH_FAILED: 'InvalidParameter',
  ENCRYPTED_PDF: 'InvalidParameter',
  CORRUPT_PDF: 'InvalidParameter',
  CORRUPT_IMAGE: 'InvalidParameter',
  EMPTY_DOCUMENT: 'InvalidParameter',
  TOO_MANY_PAGES: 'InvalidParameter',
  PAGES_OUT_OF_RANGE: 'InvalidParameter',
  IMAGE_DIMENSIONS: 'InvalidParameter',
  PAGE_TOO_LARGE: 'InvalidParameter',
  IMAGE_TOO_LARGE: 'InvalidParameter',
  // The request.
  REQUEST_MALFORMED: 'InvalidParameter',
  REQUEST_TIMEOUT: 'InvalidParameter',
  NOT_FOUND: 'InvalidParameter',
  METHOD_NOT_ALLOWED: 'InvalidParameter',
  IDEMPOTENCY_KEY_REUSED: 'InvalidParameter',
  DOCUMENT_NOT_FOUND: 'task_not_found',
  PAGE_NOT_FOUND: 'task_not_found',
  RESULT_NOT_READY: 'request_concurrency_conflict',
  DOCUMENT_FINISHED: 'request_concurrency_conflict',
  UNAUTHORIZED: 'unauthorized',
  ORIGIN_NOT_ALLOWED: 'unauthorized',
  HOST_NOT_ALLOWED: 'InvalidParameter',
  RATE_LIMITED: 'limit_burst_rate',
  QUEUE_FULL: 'limit_burst_rate',
  QUOTA_EXCEEDED: 'SystemError',
  // The engine gave up.
  TOO_COMPLEX: 'provider_error',
  PAGE_TIMEOUT: 'provider_error',
  TIME_BUDGET: 'provider_error',
  PAGE_POISON: 'provider_error',
  SUSPECT_OUTPUT: 'provider_error',
  ENGINE_UNREACHABLE: 'provider_error',
  ENGINE_TIMED_OUT: 'provider_error',
  ENGINE_DIED: 'provider_error',
  ENGINE_REPLY_BROKEN: 'provider_error',
  ENGINE_OUTPUT_INVALID: 'provider_error',
  ENGINE_OUTPUT_TRUNCATED: 'provider_error',
  ENGINE_OUTPUT_REPEATS: 'provider_error',
  ENGINE_REFUSED: 'provider_error',
  ENGINE_OUT_OF_MEMORY: 'provider_error',
  ENGINE_DOWN: 'provider_error',
  ENGINE_RATE_LIMITED: 'provider_error',
  ENGINE_REJECTED_REQUEST: 'provider_error',
  ENGINE_MISCONFIGURED: 'provider_error',
  // The service.
  PROGRAM_MISSING: 'SystemError',
  PROGRAM_FAILED: 'SystemError',
  BLOB_MISSING: 'SystemError',
  STORAGE_UNAVAILABLE: 'SystemError',
  STORAGE_FULL: 'SystemError',
  SERVICE_UNAVAILABLE: 'SystemError',
  INTERNAL_SERVER_ERROR: 'SystemError',
  CANCELLED: 'unknown_error',
}

/** The documented texts, with `xxx` for a name. */
const TEXTS: Readonly<Record<ErrorType, string>> = {
  InvalidParameter: 'Parameter illegal',
  modal_type_not_supported: 'Unsupported modal type xxx',
  provider_not_supported: 'Unsupported provider xxx',
  model_not_supported: 'Unsupported model xxx',
  content_illegal: 'Illegal content detected by content approval',
  unauthorized: 'API key is missing or wrong',
  model_not_found: 'Model xxx not found',
  task_not_found: 'Task not found',
  request_concurrency_conflict: 'Concurrency conflict for request, please try again later',
  limit_burst_rate: 'Burst rate limit exceeded for model xxx',
  SystemError: 'An system error has occurred, please try again later',
  unknown_error: 'Unknown error',
  provider_error: 'Provider xxx process error',
  model_route_failed: 'Model xxx route failed',
}

/**
 * The documented text of a failure, letter by letter; what was wrong is told by its code alone.
 *
 * @param name what stands for `xxx`: a model, a provider
 */
export function toMessage(code: FailureCode, name: string): string {
  if (code === 'CANCELLED') return 'Task cancelled'
  const type = TYPE_OF_FAILURE[code]
  return TEXTS[type].replace('xxx', type === 'modal_type_not_supported' ? 'unknown' : name)
}
