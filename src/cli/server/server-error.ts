import { z } from 'zod'
import { printable } from '../printable.ts'

/** What a server answered in place of what was wanted, or that it did not answer. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  /** Code of the failure table; `null`: the answer had none. */
  readonly code: string | null
  /** `null`: there was no answer. */
  readonly httpStatus: number | null

  constructor(
    message: string,
    facts: { readonly code: string | null; readonly httpStatus: number | null; cause?: unknown },
  ) {
    super(message, { cause: facts.cause })
    this.code = facts.code
    this.httpStatus = facts.httpStatus
  }
}

const PROBLEM = z.object({
  title: z.string(),
  detail: z.string().optional(),
  code: z.string(),
})

/** Longest body of a refusal that is read, in characters. */
const MAX_PROBLEM_CHARACTERS = 65_536

/** Reads a refusal: title and detail of its problem (RFC 9457), or its bare status. */
export function toServerError(httpStatus: number, body: string): ServerError {
  if (httpStatus === 401)
    return new ServerError('the server wants an API key: set OCR_API_KEY to one of its keys', {
      code: 'UNAUTHORIZED',
      httpStatus,
    })
  const problem = PROBLEM.safeParse(parseJson(body.slice(0, MAX_PROBLEM_CHARACTERS)))
  if (!problem.success)
    return new ServerError(`the server answered with HTTP ${httpStatus}`, {
      code: null,
      httpStatus,
    })
  const { title, detail, code } = problem.data
  const text = detail === undefined ? title : `${title}: ${detail}`
  return new ServerError(printable(text), { code: printable(code), httpStatus })
}

/** No answer at all, with the reason in a few words. */
export function toUnreachable(thrown: unknown): ServerError {
  return new ServerError(`no answer from the server (${reasonOf(thrown)})`, {
    code: null,
    httpStatus: null,
    cause: thrown,
  })
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  if (thrown.name === 'TimeoutError') return 'it took too long'
  // What fetch throws says nothing; its cause does.
  const inner = thrown.cause instanceof Error ? thrown.cause : thrown
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
  return printable(code || inner.message || inner.name)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
