import { brokenReply } from './chat-reply.ts'
import { lineBatches, MAX_LINE_CHARACTERS } from './text-lines.ts'

/** An event of a `text/event-stream`. */
export type ServerSentEvent = {
  /** The `event` field; empty without one. */
  readonly name: string
  /** The `data` fields, joined by line ends. Hostile. */
  readonly data: string
}

/**
 * The events of a body as they arrive, those of one piece together: each `await` costs more than an
 * event. Comments, events without data and other fields are passed over; the last event needs no empty
 * line.
 *
 * The client library's own reader is not used: it sets no bounds, so that eight megabytes of line ends
 * cost it 15 s of CPU, and a deeply nested error event overflows its stack.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN` for an event that is too long, and as `lineBatches`
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html; single `\r` end no lines here
 */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly ServerSentEvent[], void> {
  const reader = new EventReader()
  for await (const lines of lineBatches(body)) yield lines.flatMap((line) => reader.add(line))
  yield reader.add('')
}

class EventReader {
  #name = ''
  #data: string | null = null

  /** The event that a line ends, if it does. */
  add(line: string): readonly ServerSentEvent[] {
    if (line === '') return this.#end()
    const { field, value } = fieldOf(line)
    if (field === 'event') this.#name = value
    if (field === 'data') this.#data = this.#data === null ? value : `${this.#data}\n${value}`
    if ((this.#data?.length ?? 0) > MAX_LINE_CHARACTERS) throw brokenReply('an event is too long')
    return []
  }

  #end(): readonly ServerSentEvent[] {
    const [name, data] = [this.#name, this.#data]
    this.#name = ''
    this.#data = null
    return data === null ? [] : [{ name, data }]
  }
}

function fieldOf(line: string): { readonly field: string; readonly value: string } {
  const colon = line.indexOf(':')
  if (colon === -1) return { field: line, value: '' }
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') }
}
