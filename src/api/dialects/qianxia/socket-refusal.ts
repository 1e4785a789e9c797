import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { codeOf, coerceError, OcrError } from '../../../platform/errors.ts'

/** An answer in place of a socket. */
export type SocketRefusal = { readonly status: number; readonly detail: string }

/** There is no socket at that path. */
export const NO_SOCKET: SocketRefusal = { status: 404, detail: 'Not Found' }

/** A page of another site asks. */
export const FOREIGN_ORIGIN: SocketRefusal = { status: 403, detail: '来源不被允许' }

/** There are too many sockets, or the server stops. */
export const UNAVAILABLE: SocketRefusal = { status: 503, detail: '服务暂时不可用' }

/** The answer to what went wrong while a socket was to be opened, which is logged. */
export function toSocketRefusal(thrown: unknown, logger: Logger): SocketRefusal {
  const code = codeOf(thrown)
  if (code === 'UNAUTHORIZED') return { status: 401, detail: '未登录' }
  const line = { code, err: coerceError(thrown) }
  if (thrown instanceof OcrError) {
    logger.warn(line, 'socket refused')
    return UNAVAILABLE
  }
  logger.error(line, 'socket refused')
  return { status: 500, detail: '服务器内部错误' }
}

/** Answers an upgrade request in the envelope of the dialect, and closes its connection. */
export function refuseSocket(socket: Duplex, { status, detail }: SocketRefusal): void {
  const body = JSON.stringify({ detail })
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${randomUUID()}`,
    ...(status === 503 ? ['Retry-After: 5'] : []),
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
