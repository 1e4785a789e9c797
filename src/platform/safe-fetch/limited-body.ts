import { OcrError } from '../errors.ts'
import { failureOfNetwork } from './fetch-failure.ts'
import type { FetchLimits } from './limits.ts'

/** A body that is not trusted. */
export type BodySource = {
  readonly pieces: AsyncIterable<Uint8Array>
  readonly maxBytes: number
  readonly limits: FetchLimits
  /** Makes the next piece fail at once: the server is too slow. */
  readonly onSlow: () => void
}

/**
 * Hands out the pieces of a body as they come, and gives up on a server that sends too much or too
 * slowly.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`, `FETCH_FAILED`
 */
export async function* limitedBody(source: BodySource): AsyncGenerator<Uint8Array, void> {
  const { maxBytes, limits, onSlow } = source
  const pieces = source.pieces[Symbol.asyncIterator]()
  let received = 0
  let waitedMs = 0
  try {
    while (true) {
      const earnedMs = (received * 1_000) / limits.minBytesPerSecond
      const patienceMs = Math.min(limits.idleMs, limits.idleMs + earnedMs - waitedMs)
      const from = performance.now()
      const timer = setTimeout(onSlow, Math.max(patienceMs, 0))
      const { value, done } = await pieces.next().finally(() => clearTimeout(timer))
      if (done === true) return
      waitedMs += performance.now() - from
      received += value.byteLength
      if (received > maxBytes) throw fileTooLarge(maxBytes)
      yield value
    }
  } catch (error) {
    throw failureOfNetwork(error)
  }
}

/** A file with more bytes than are accepted, announced or received. */
export function fileTooLarge(maxBytes: number): OcrError {
  return new OcrError('FILE_TOO_LARGE', `Cannot fetch the file: it has more than ${maxBytes} bytes`)
}
