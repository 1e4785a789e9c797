import { TextDecoder } from 'node:util'
import { OcrError } from '../../platform/errors.ts'
import type { RequestLimits } from './model-server.ts'

/** The body of a reply, and how it is watched. */
export type PieceSource = {
  readonly pieces: AsyncIterable<Uint8Array>
  /** UTF-8 only. The page of a proxy that tells of a failure may be in any encoding. */
  readonly isStrict: boolean
  readonly limits: RequestLimits
  /** Called when no piece came for too long; **must** make `pieces` fail. */
  readonly onSilence: (limitMs: number) => void
}

/**
 * The pieces of a reply as they arrive. The first may take as long as the first byte, since a server
 * that streams sends its headers at once and the page may wait there.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN` at the first byte that is not UTF-8; a decoder that is
 *   not strict would put replacement characters into the page
 */
export async function* decodedPieces(source: PieceSource): AsyncGenerator<Uint8Array, void> {
  const { pieces, isStrict, limits, onSilence } = source
  const decoder = isStrict ? new TextDecoder('utf-8', { fatal: true }) : null
  const iterator = pieces[Symbol.asyncIterator]()
  let limitMs = limits.firstByteMs
  try {
    for (;;) {
      const timer = setTimeout(onSilence, limitMs, limitMs)
      let next: IteratorResult<Uint8Array, unknown>
      try {
        next = await iterator.next()
      } finally {
        clearTimeout(timer)
      }
      if (next.done === true) break
      checkText(decoder, next.value)
      limitMs = limits.idleMs
      yield next.value
    }
    checkText(decoder, null)
  } finally {
    await iterator.return?.()
  }
}

function checkText(decoder: TextDecoder | null, piece: Uint8Array | null): void {
  try {
    if (piece === null) decoder?.decode()
    else decoder?.decode(piece, { stream: true })
  } catch (cause) {
    throw new OcrError('ENGINE_REPLY_BROKEN', 'Cannot read the answer: it is not UTF-8', { cause })
  }
}
