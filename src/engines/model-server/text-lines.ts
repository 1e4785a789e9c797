import { StringDecoder } from 'node:string_decoder'
import { brokenReply } from './chat-reply.ts'

/** Characters of one line: a whole page in one event takes a quarter of this at most. */
export const MAX_LINE_CHARACTERS = 1024 * 1024

/** Four for every token of the longest answer that can be set. */
const MAX_LINES = 600_000

/**
 * The lines of a body as they arrive, those of one piece together, without their ends (`\n` or
 * `\r\n`). The last needs no end.
 *
 * Ending early (`break`) cancels the body, which closes the connection. What is not UTF-8 the
 * transport has refused.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN` for a line of more than {@link MAX_LINE_CHARACTERS}, and for
 *   more lines than any answer has; whatever the body throws
 */
export async function* lineBatches(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let count = 0
  for await (const bytes of body) {
    const lines = decoder.write(bytes).split('\n')
    // What has come of a line is looked at once, not with every piece of a long one.
    const unfinished = lines.pop() ?? ''
    const [first] = lines
    if (first !== undefined) {
      count += lines.length
      if (count > MAX_LINES) throw brokenReply('it has too many lines')
      yield [checked(rest + first), ...lines.slice(1)].map(withoutReturn)
      rest = ''
    }
    rest = checked(rest + unfinished)
  }
  if (rest !== '') yield [rest]
}

/** The same lines, one by one. */
export async function* textLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  for await (const lines of lineBatches(body)) yield* lines
}

function checked(line: string): string {
  if (line.length > MAX_LINE_CHARACTERS) throw brokenReply('a line of it is too long')
  return line
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
