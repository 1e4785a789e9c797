import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { OcrError } from '../../platform/errors.ts'

/** What a request body may be. */
export type ByteGuardOptions = {
  /** The largest body in bytes, everything around the file included. */
  readonly maxBodyBytes: number
  /** The body must bring `minBytesPerSecond` on average over each window. Default: 10,000. */
  readonly windowMs?: number
  /** Default: 1,024. */
  readonly minBytesPerSecond?: number
}

const RECEIVED_BYTES = new WeakMap<IncomingMessage, number>()

/** Bytes of a request's body that have come through {@link openGuardedBody} so far. */
export function receivedBytesOf(req: IncomingMessage): number {
  return RECEIVED_BYTES.get(req) ?? 0
}

/**
 * Opens a request body that is cut off when it is too large or too slow.
 *
 * A declared length is judged before a byte is read, a chunked body while it is counted. The stream
 * fails with the reason; the request is then no longer read, but its socket stays open for the answer
 * (see closeAfterAnswer). Multer alone reads an endless body for ever.
 *
 * @throws {OcrError} `FILE_TOO_LARGE` from the call; `FILE_TOO_LARGE`, `REQUEST_TIMEOUT` (slow) and
 *   `REQUEST_MALFORMED` (the client went away) from the stream
 */
export function openGuardedBody(req: IncomingMessage, options: ByteGuardOptions): Transform {
  const { maxBodyBytes, windowMs = 10_000, minBytesPerSecond = 1024 } = options
  if (Number(req.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()

  let receivedBytes = 0
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      receivedBytes += chunk.length
      RECEIVED_BYTES.set(req, receivedBytes)
      if (receivedBytes > maxBodyBytes) done(tooLarge())
      else done(null, chunk)
    },
  })

  let bytesAtWindowStart = 0
  const watch = setInterval(() => {
    const broughtBytes = receivedBytes - bytesAtWindowStart
    bytesAtWindowStart = receivedBytes
    // A body that waits for our own disk is not slow.
    if (guard.writableNeedDrain) return
    if (broughtBytes < (minBytesPerSecond * windowMs) / 1000)
      guard.destroy(new OcrError('REQUEST_TIMEOUT', 'Cannot receive the body: it comes too slowly'))
  }, windowMs).unref()

  const onClose = (): void => {
    if (req.complete) return
    guard.destroy(
      new OcrError('REQUEST_MALFORMED', 'Cannot receive the body: the client went away'),
    )
  }
  // The reader learns of it; a failure after it has left must not end the process.
  guard.on('error', () => undefined)
  // Not pipeline(): it would destroy the request, and with it the socket that the answer needs.
  req.once('close', onClose).once('error', onClose)
  guard.once('close', () => {
    clearInterval(watch)
    req.off('close', onClose)
    req.unpipe(guard)
    req.pause()
  })
  if (req.destroyed) onClose()
  else req.pipe(guard)
  return guard
}

function tooLarge(): OcrError {
  return new OcrError('FILE_TOO_LARGE', 'Cannot receive the body: it is too large')
}
