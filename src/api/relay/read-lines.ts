/** Most bytes of a line without its end, and of everything. */
export type LineLimits = { readonly maxLineBytes: number; readonly maxBytes: number }

const LINE_FEED = 0x0a

/**
 * The lines of a UTF-8 body, without their ends; what follows the last line feed is a line too,
 * unless it is empty. Holds one line and one chunk.
 *
 * @throws {RangeError} for a line or a body over its limit
 * @throws {TypeError} for what is no UTF-8
 */
export async function* readLines(
  body: AsyncIterable<unknown>,
  { maxLineBytes, maxBytes }: LineLimits,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun: Buffer[] = []
  let begunBytes = 0
  let bodyBytes = 0
  const add = (part: Buffer): void => {
    begun.push(part)
    begunBytes += part.length
    if (begunBytes > maxLineBytes) throw new RangeError('a line is too long')
  }
  const take = (): string => {
    const line = decoder.decode(Buffer.concat(begun))
    begun = []
    begunBytes = 0
    return line
  }
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a body without an encoding gives buffers')
    bodyBytes += chunk.length
    if (bodyBytes > maxBytes) throw new RangeError('the body is too long')
    let start = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start)
      if (end < 0) break
      add(chunk.subarray(start, end))
      yield take()
      start = end + 1
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  if (begunBytes > 0) yield take()
}
