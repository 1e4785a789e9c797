import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a client that is still sending may take to read its answer. */
const LINGER_MS = 500

/**
 * Makes the next answer the last on this connection, although the client is still sending: nothing
 * more is read, the answer goes out, and half a second later the socket is destroyed.
 *
 * Node would destroy the socket together with the answer. With unread bytes in its receive buffer
 * that sends a reset, at which clients throw the answer away and report a broken connection.
 */
export function closeAfterAnswer(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete) return
  if (!res.headersSent) res.setHeader('Connection', 'close')
  const { socket } = req
  // Node's server calls this when the last answer has been written (_http_server, resOnFinish).
  socket.destroySoon = () => {
    // The same handler has set a request that nobody read flowing, to discard it; that takes effect
    // in the next ticks, and an endless body would be read on.
    req.pause()
    setImmediate(() => socket.pause())
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
}
