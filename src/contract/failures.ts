/**
 * How a failure is retried:
 * `input` never; `nonsense` not by the activity, the workflow takes the next step of the ladder;
 * `busy` for as long as the schedule-to-close lasts, without counting; `transient` five times;
 * `engineDeath` twice; `bug` three times.
 */
export type FailureKind = 'input' | 'nonsense' | 'busy' | 'transient' | 'engineDeath' | 'bug'

/** One row of the failure table. `httpStatus` is the answer of `/v1`; dialects have their own map. */
export type FailureRow = {
  readonly kind: FailureKind
  readonly httpStatus: number
  readonly title: string
}

/**
 * Every failure that durable-ocr expects, by code. A new code is added here first; its meaning,
 * cause and remedy stand in docs/errors.md (a test compares the two).
 */
export const FAILURES = {
  // The upload.
  UNSUPPORTED_FILE_TYPE: { kind: 'input', httpStatus: 415, title: 'File type is not supported' },
  FILE_TOO_LARGE: { kind: 'input', httpStatus: 413, title: 'File is too large' },
  EMPTY_FILE: { kind: 'input', httpStatus: 400, title: 'File is empty' },
  INVALID_FILE_NAME: { kind: 'input', httpStatus: 400, title: 'File name is not allowed' },
  REQUEST_MALFORMED: { kind: 'input', httpStatus: 400, title: 'Request is malformed' },
  REQUEST_TIMEOUT: { kind: 'input', httpStatus: 408, title: 'Request came in too slowly' },
  URL_NOT_ALLOWED: { kind: 'input', httpStatus: 400, title: 'URL is not allowed' },
  WEBHOOKS_DISABLED: { kind: 'input', httpStatus: 400, title: 'Webhooks are not set up' },
  PATH_INPUT_DISABLED: { kind: 'input', httpStatus: 400, title: 'Local paths are disabled' },
  // Looking up, and the order of things.
  NOT_FOUND: { kind: 'input', httpStatus: 404, title: 'Path does not exist' },
  METHOD_NOT_ALLOWED: { kind: 'input', httpStatus: 405, title: 'Method is not allowed here' },
  DOCUMENT_NOT_FOUND: { kind: 'input', httpStatus: 404, title: 'Document does not exist' },
  PAGE_NOT_FOUND: { kind: 'input', httpStatus: 404, title: 'Page is not part of the document' },
  BLOB_MISSING: { kind: 'input', httpStatus: 404, title: 'Stored object is gone' },
  RESULT_NOT_READY: { kind: 'input', httpStatus: 409, title: 'Result is not ready' },
  DOCUMENT_FINISHED: { kind: 'input', httpStatus: 409, title: 'Document has already ended' },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'input',
    httpStatus: 422,
    title: 'Idempotency key was used for another request',
  },
  // The caller.
  UNAUTHORIZED: { kind: 'input', httpStatus: 401, title: 'Credentials are missing or wrong' },
  ORIGIN_NOT_ALLOWED: { kind: 'input', httpStatus: 403, title: 'Origin is not allowed' },
  HOST_NOT_ALLOWED: { kind: 'input', httpStatus: 421, title: 'Host name is not served here' },
  RATE_LIMITED: { kind: 'busy', httpStatus: 429, title: 'Too many requests' },
  QUEUE_FULL: { kind: 'busy', httpStatus: 429, title: 'Too many pages wait already' },
  QUOTA_EXCEEDED: { kind: 'input', httpStatus: 507, title: 'Storage quota is used up' },
  // The document.
  ENCRYPTED_PDF: { kind: 'input', httpStatus: 422, title: 'PDF is encrypted' },
  CORRUPT_PDF: { kind: 'input', httpStatus: 422, title: 'PDF is damaged' },
  CORRUPT_IMAGE: { kind: 'input', httpStatus: 422, title: 'Image is damaged' },
  EMPTY_DOCUMENT: { kind: 'input', httpStatus: 422, title: 'Document has no pages' },
  TOO_MANY_PAGES: { kind: 'input', httpStatus: 422, title: 'Document has too many pages' },
  PAGES_OUT_OF_RANGE: {
    kind: 'input',
    httpStatus: 422,
    title: 'None of the requested pages exists',
  },
  IMAGE_DIMENSIONS: { kind: 'input', httpStatus: 422, title: 'Image has too many pixels' },
  // One page.
  PAGE_TOO_LARGE: { kind: 'input', httpStatus: 422, title: 'Page is too large to draw' },
  IMAGE_TOO_LARGE: { kind: 'input', httpStatus: 422, title: 'An image on the page is too large' },
  TOO_COMPLEX: { kind: 'input', httpStatus: 422, title: 'Page needs too much memory' },
  PAGE_TIMEOUT: { kind: 'input', httpStatus: 422, title: 'Page takes too long' },
  TIME_BUDGET: { kind: 'input', httpStatus: 422, title: 'Time for the document ran out' },
  PAGE_POISON: { kind: 'input', httpStatus: 422, title: 'Page killed its worker again and again' },
  SUSPECT_OUTPUT: { kind: 'nonsense', httpStatus: 502, title: 'Engine answered nonsense' },
  // The engine.
  ENGINE_UNREACHABLE: { kind: 'transient', httpStatus: 503, title: 'Engine is unreachable' },
  ENGINE_TIMED_OUT: { kind: 'transient', httpStatus: 504, title: 'Engine did not answer in time' },
  ENGINE_DIED: {
    kind: 'engineDeath',
    httpStatus: 503,
    title: 'Engine died while it read the page',
  },
  ENGINE_REPLY_BROKEN: { kind: 'transient', httpStatus: 502, title: 'Engine answer broke off' },
  ENGINE_OUTPUT_INVALID: { kind: 'nonsense', httpStatus: 502, title: 'Engine answer is unusable' },
  ENGINE_OUTPUT_TRUNCATED: { kind: 'nonsense', httpStatus: 502, title: 'Engine ran out of tokens' },
  ENGINE_OUTPUT_REPEATS: { kind: 'nonsense', httpStatus: 502, title: 'Engine repeats itself' },
  ENGINE_REFUSED: { kind: 'nonsense', httpStatus: 502, title: 'Engine refused to read the page' },
  ENGINE_OUT_OF_MEMORY: { kind: 'nonsense', httpStatus: 503, title: 'Engine ran out of memory' },
  ENGINE_DOWN: { kind: 'busy', httpStatus: 503, title: 'Engine is down, its pages wait' },
  ENGINE_RATE_LIMITED: { kind: 'busy', httpStatus: 503, title: 'Engine is busy' },
  ENGINE_REJECTED_REQUEST: { kind: 'input', httpStatus: 502, title: 'Engine rejected the request' },
  ENGINE_MISCONFIGURED: { kind: 'input', httpStatus: 503, title: 'Engine is not set up correctly' },
  // The host.
  PROGRAM_MISSING: { kind: 'input', httpStatus: 503, title: 'A needed program is not installed' },
  PROGRAM_FAILED: { kind: 'transient', httpStatus: 500, title: 'A helper program failed' },
  FETCH_REFUSED: { kind: 'input', httpStatus: 422, title: 'The server does not give out the file' },
  FETCH_FAILED: { kind: 'transient', httpStatus: 502, title: 'File could not be fetched' },
  STORAGE_UNAVAILABLE: { kind: 'busy', httpStatus: 503, title: 'Object store is unavailable' },
  STORAGE_FULL: { kind: 'busy', httpStatus: 507, title: 'Object store is full' },
  // The end.
  CANCELLED: { kind: 'input', httpStatus: 409, title: 'Document was cancelled' },
  SERVICE_UNAVAILABLE: { kind: 'busy', httpStatus: 503, title: 'Service is unavailable' },
  INTERNAL_SERVER_ERROR: { kind: 'bug', httpStatus: 500, title: 'Internal server error' },
} as const satisfies Record<string, FailureRow>

/** A key of the failure table. */
export type FailureCode = keyof typeof FAILURES

/** Tells whether a text from outside (an `ApplicationFailure` type, a memo) is one of our codes. */
export function isFailureCode(text: unknown): text is FailureCode {
  return typeof text === 'string' && Object.hasOwn(FAILURES, text)
}
