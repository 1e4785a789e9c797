import { once } from 'node:events'
import type { Response } from 'express'
import { MODEL } from './schemas.ts'

/** A client that takes nothing for this long has gone to sleep with a place in its hands. */
const SLOW_CLIENT_MS = 60_000

/** The lines of a streamed answer; the first one sends the headers, each is sent at once. */
export class AnswerLines {
  readonly #response: Response
  #hasBegun = false

  constructor(response: Response) {
    this.#response = response
  }

  /** Whether something was sent. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Sends a piece of the text; resolves when the client has room for the next one. */
  write(piece: string): Promise<void> {
    return this.#send({ created_at: localTime(), response: piece, done: false })
  }

  /** Sends the last line; resolves when it is out or the client gone. */
  async end(): Promise<void> {
    await this.#send({ created_at: localTime(), response: '', done: true })
    await this.#finish()
  }

  /** Ends the answer with an error, as the server of the document does. */
  async fail(error: string): Promise<void> {
    await this.#send({ error, done: true })
    await this.#finish()
  }

  async #send(line: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#response.closed) return
    if (!this.#hasBegun) {
      this.#hasBegun = true
      this.#response.status(200).setHeader('Content-Type', 'application/x-ndjson')
    }
    const hasRoom = this.#response.write(`${JSON.stringify({ model: MODEL, ...line })}\n`)
    if (!hasRoom) await this.#settled('drain')
  }

  async #finish(): Promise<void> {
    if (this.#response.closed) return
    this.#response.end()
    await this.#settled('finish')
  }

  /** Waits for an event, for the client to leave, or for it to be given up. */
  async #settled(event: 'drain' | 'finish'): Promise<void> {
    const settled = new AbortController()
    const giveUp = setTimeout(() => this.#response.destroy(), SLOW_CLIENT_MS)
    try {
      await Promise.race(
        [event, 'close'].map((name) => once(this.#response, name, { signal: settled.signal })),
      )
    } finally {
      clearTimeout(giveUp)
      settled.abort()
    }
  }
}

/** Local time with microseconds and without a zone, as Python's `isoformat` prints it. */
function localTime(): string {
  const epochMs = performance.timeOrigin + performance.now()
  const time = new Date(epochMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  const micros = Math.floor(epochMs * 1000) % 1_000_000
  return `${date}T${clock}.${String(micros).padStart(6, '0')}`
}
