import { OcrError } from '../../platform/errors.ts'

/**
 * Reads a body of JSON lines as they arrive. Empty lines are passed over; the last line needs no
 * line end. Size and pace are limited by the transport.
 *
 * Ending early (`break`) cancels the body, which closes the connection.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN` for a line that is not JSON, or bytes that are not UTF-8;
 *   whatever the body throws
 */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const bytes of body) {
    const piece = decode(decoder, bytes)
    const end = piece.lastIndexOf('\n')
    if (end === -1) {
      rest += piece
      continue
    }
    yield* parseLines(rest + piece.slice(0, end))
    rest = piece.slice(end + 1)
  }
  yield* parseLines(rest + decode(decoder, null))
}

function* parseLines(text: string): Generator<unknown, void> {
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    try {
      yield JSON.parse(line) as unknown
    } catch (cause) {
      throw broken('a line is not JSON', cause)
    }
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array | null): string {
  try {
    return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true })
  } catch (cause) {
    throw broken('it is not UTF-8', cause)
  }
}

function broken(state: string, cause: unknown): OcrError {
  return new OcrError('ENGINE_REPLY_BROKEN', `Cannot read answer of Ollama: ${state}`, { cause })
}
