import { FAILURES, type FailureCode, type FailureKind } from '../contract/failures.ts'
import type { Usage } from '../contract/page.ts'

/** Additional facts of an {@link OcrError}. */
export type OcrErrorOptions = {
  readonly cause?: unknown
  /** May be shown to the client; the message may not. */
  readonly publicDetail?: string
  /** For busy failures: how long to wait before the next try. */
  readonly retryAfterMs?: number
  /** For nonsense: the tokens that it cost. */
  readonly usage?: Usage | null
}

/**
 * An expected failure, with its code of the failure table. Everything else that is thrown is a bug.
 *
 * The message is for logs: *Cannot ‹verb› ‹object›: ‹state›*, without page text or file names.
 */
export class OcrError extends Error {
  override readonly name = 'OcrError'
  readonly code: FailureCode
  readonly publicDetail: string | null
  readonly retryAfterMs: number | null
  readonly usage: Usage | null

  constructor(code: FailureCode, message: string, options: OcrErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.publicDetail = options.publicDetail ?? null
    this.retryAfterMs = options.retryAfterMs ?? null
    this.usage = options.usage ?? null
  }

  /** Retry class of the failure. */
  get kind(): FailureKind {
    return FAILURES[this.code].kind
  }
}

/** Turns anything that was thrown into an `Error`. */
export function coerceError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`Non-error thrown: ${String(thrown)}`)
}

/** The code of an expected failure, or `INTERNAL_SERVER_ERROR`. */
export function codeOf(thrown: unknown): FailureCode {
  return thrown instanceof OcrError ? thrown.code : 'INTERNAL_SERVER_ERROR'
}

/** Tells whether something was thrown because its abort signal fired. */
export function isAbortError(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'ABORT_ERR')
}
