import { ApiError } from '../model.ts'
import { parseJson, toObject, toText } from './read-json.ts'

/** An answer that is no success. */
export type Answer = {
  readonly status: number
  readonly body: string
  /** Of the header. */
  readonly requestId: string | null
}

/** Reads a refusal: problem details (RFC 9457), `{"detail": …}`, or whatever a proxy says. */
export function toApiError({ status, body, requestId }: Answer): ApiError {
  const { code, detail_code, detail, title, request_id } = toObject(parseJson(body))
  return new ApiError({
    code: toText(code) ?? toText(detail_code) ?? codeOfStatus(status),
    message: toText(detail) ?? toText(title) ?? `HTTP ${status}`,
    requestId: toText(request_id) ?? requestId,
    status,
  })
}

/** Code of an answer of whoever stands before the service and does not know its codes. */
function codeOfStatus(status: number): string {
  if (status >= 500) return 'SERVICE_UNAVAILABLE'
  return status === 413 ? 'FILE_TOO_LARGE' : `HTTP_${status}`
}
