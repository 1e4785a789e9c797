import type { Secret } from '../../platform/secret.ts'

/** A server that runs a model, and what to ask it for. */
export type ModelServer = {
  /** Without a slash at the end; for chat completions with `/v1`. */
  readonly baseUrl: string
  /** `null`: the server wants none. */
  readonly apiKey: Secret | null
  readonly model: string
}

/** Limits of one request to a model server; tests shorten them. */
export type RequestLimits = {
  readonly connectMs: number
  /** From the request to the first byte of the answer. */
  readonly firstByteMs: number
  /** Between two pieces of the answer. */
  readonly idleMs: number
  /** The whole request; the activity's own limit lies 30 s above it. */
  readonly totalMs: number
  /** On the wire, where a token takes some 340 bytes, and 420 with the usage so far. */
  readonly maxReplyBytes: number
}

/** What a page's request may take. */
export const REQUEST_LIMITS: RequestLimits = {
  connectMs: 5_000,
  firstByteMs: 120_000,
  idleMs: 60_000,
  totalMs: 300_000,
  maxReplyBytes: 64 * 1024 * 1024,
}
