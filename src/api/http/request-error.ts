import type { z } from 'zod'
import { OcrError } from '../../platform/errors.ts'

/** Where in a request something is wrong. `path` joins object keys with dots. */
export type RequestIssue = {
  readonly in: 'path' | 'query' | 'body'
  readonly path: string
  readonly message: string
}

/** A malformed request, with what is wrong in it and the HTTP status of `/v1` (400 by default). */
export class RequestError extends OcrError {
  readonly httpStatus: number
  readonly issues: readonly RequestIssue[]

  constructor(
    publicDetail: string,
    options: { httpStatus?: number; issues?: readonly RequestIssue[]; cause?: unknown } = {},
  ) {
    super('REQUEST_MALFORMED', `Cannot read request: ${publicDetail}`, {
      publicDetail,
      cause: options.cause,
    })
    this.httpStatus = options.httpStatus ?? 400
    this.issues = options.issues ?? []
  }
}

/**
 * Reads one part of a request with its schema.
 *
 * @throws {RequestError} `REQUEST_MALFORMED` with one issue per mistake; it never repeats the value
 */
export function parsePart<Schema extends z.ZodType>(
  part: RequestIssue['in'],
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    in: part,
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }))
  const first = issues[0]
  const where = first === undefined || first.path === '' ? part : first.path
  throw new RequestError(`${where}: ${first?.message ?? 'invalid'}`, { issues })
}
