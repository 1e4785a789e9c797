import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** An answer in place of a socket. */
export type UpgradeRefusal = {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
  /** Default: `application/json`. */
  readonly contentType?: string
  /** When to come back, in milliseconds; for 429 and 503. Default: 60 s and 5 s. */
  readonly retryAfterMs?: number | null
}

/** Answers an upgrade request, and closes its connection. */
export function refuseUpgrade(socket: Duplex, refusal: UpgradeRefusal): void {
  const { status, contentType = 'application/json' } = refusal
  const body = JSON.stringify(refusal.body)
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    `Content-Type: ${contentType}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${randomUUID()}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ...(status === 503 || status === 429 ? [`Retry-After: ${secondsOf(refusal)}`] : []),
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

function secondsOf({ status, retryAfterMs }: UpgradeRefusal): number {
  return Math.ceil((retryAfterMs ?? (status === 429 ? 60_000 : 5_000)) / 1000)
}
