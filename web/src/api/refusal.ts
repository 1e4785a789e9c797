import { ApiError } from '../model.ts'
import { parseJson, toObject, toText } from './read-json.ts'

/** An answer that is no success. */
export type Answer = {
  readonly status: number
  readonly body: string
  readonly header: (name: string) => string | null
}

/** Longer waits that the service asks for are cut. */
const MAX_RETRY_AFTER_MS = 300_000

/** Reads a refusal: problem details (RFC 9457), `{"detail": …}`, or whatever a proxy says. */
export function toApiError({ status, body, header }: Answer): ApiError {
  const { code, detail_code, detail, title, request_id } = toObject(parseJson(body))
  return new ApiError({
    code: toText(code) ?? toText(detail_code) ?? codeOfStatus(status),
    message: toText(detail) ?? toText(title) ?? `HTTP ${status}`,
    requestId: toText(request_id) ?? header('x-request-id'),
    status,
    retryAfterMs: toMs(header('retry-after')),
  })
}

/** Reads `Retry-After`: seconds or a date; 0 without one. */
function toMs(text: string | null): number {
  const ms = Number(text ?? 0) * 1000 || Date.parse(text ?? '') - Date.now() || 0
  return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}

/** Code of an answer of whoever stands before the service and does not know its codes. */
function codeOfStatus(status: number): string {
  if (status >= 500) return 'SERVICE_UNAVAILABLE'
  return status === 413 ? 'FILE_TOO_LARGE' : `HTTP_${status}`
}
