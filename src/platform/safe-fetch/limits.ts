/** How long a stranger's server may take. */
export type FetchLimits = {
  /** For looking up the name, and again for connecting, TLS included. */
  readonly connectMs: number
  /** From the request to the end of the headers. */
  readonly headersMs: number
  /** Without a byte of the body. Also the head start that a slow server gets in bytes per second. */
  readonly idleMs: number
  /** For everything, all redirects included, until the last byte was read. */
  readonly totalMs: number
  /** On average, counted while we wait for the server and not while the reader keeps it waiting. */
  readonly minBytesPerSecond: number
}

/**
 * A server that trickles is dropped after some ten seconds, one that delivers may take a minute: an
 * attempt to fetch holds a slot of the worker, and the engine waits for none of them.
 */
export const FETCH_LIMITS: FetchLimits = {
  connectMs: 5_000,
  headersMs: 10_000,
  idleMs: 10_000,
  totalMs: 60_000,
  minBytesPerSecond: 8 * 1024,
}
