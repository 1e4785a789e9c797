import { OcrError } from '../../platform/errors.ts'
import { textLines } from '../model-server/text-lines.ts'

/**
 * Reads a body of JSON lines as they arrive. Empty lines are passed over; the last line needs no
 * line end. Size, pace and encoding are checked by the transport, the length of a line before it is
 * parsed.
 *
 * Ending early (`break`) cancels the body, which closes the connection.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN` for a line that is not JSON, and what `textLines` throws
 */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  for await (const line of textLines(body)) {
    if (line.trim() !== '') yield parseLine(line)
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch (cause) {
    const message = 'Cannot read answer of Ollama: a line is not JSON'
    throw new OcrError('ENGINE_REPLY_BROKEN', message, { cause })
  }
}
