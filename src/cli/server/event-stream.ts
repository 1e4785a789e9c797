/** One server-sent event. */
export type ServerSentEvent = { readonly id: string; readonly event: string; readonly data: string }

/** Longest event that is read, in characters. */
const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024

/**
 * The events of a stream (text/event-stream of the HTML standard), as they come; a last one that was
 * cut off is dropped.
 *
 * @throws {Error} when an event is longer than 4 Mi characters, or the stream breaks off
 */
export async function* readEventStream(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  let id = ''
  let event = ''
  let data: string[] = []
  for await (const line of readLines(body)) {
    if (line === '') {
      if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') }
      event = ''
      data = []
      continue
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id') id = value
    if (data.length > 1_000) throw new Error('An event has too many lines')
  }
}

async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_EVENT_CHARACTERS) throw new Error('An event is too long')
    for (const line of lines) yield line.replace(/\r$/, '')
  }
}
