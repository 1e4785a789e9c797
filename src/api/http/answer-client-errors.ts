import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

// As Node's own answers: lib/_http_server.js, socketOnError.
const STATUS_BY_CODE = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
])

/**
 * Answers requests that never reach a router (too slow, too large a head, not HTTP) like Node does,
 * but with an `X-Request-Id`. A connection whose answer has begun is only closed.
 */
export function answerClientErrors(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>()
  server.on('request', (req, res) => answers.set(req.socket, res))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket)
    const hasBegun = answer !== undefined && answer.headersSent && !answer.writableFinished
    if (socket.writable && !hasBegun && error.code !== 'ECONNRESET') {
      const status = STATUS_BY_CODE.get(error.code ?? '') ?? 400
      socket.write(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
          `X-Request-Id: ${randomUUID()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      )
    }
    // Node does the same: waiting for the other end is what a slow client would abuse.
    socket.destroy()
  })
}
