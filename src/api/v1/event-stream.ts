import type { Response } from 'express'

/** A reader that is this many bytes further behind than at its start is dropped. */
const MAX_LAG_BYTES = 1024 * 1024

/** One event of a stream. */
export type StreamEvent = {
  readonly id: string
  readonly event: string
  /** Sent as JSON. */
  readonly data: unknown
}

/**
 * An answer of server-sent events (text/event-stream of the HTML standard). Nothing is kept for a
 * reader beyond what Node holds for its connection.
 */
export class EventStream {
  readonly #response: Response
  readonly #closed = Promise.withResolvers<void>()
  #maxQueuedBytes = Number.POSITIVE_INFINITY

  constructor(response: Response) {
    this.#response = response
    // A client may be gone before its answer has begun, and closes no second time.
    if (response.closed || response.destroyed) this.#closed.resolve()
    else response.once('close', this.#closed.resolve)
  }

  /**
   * Sends the headers, with those that keep proxies from holding back what follows; the first event
   * does so too.
   */
  open(): void {
    if (this.#response.headersSent) return
    this.#response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    this.#response.flushHeaders()
  }

  /** From now on, the reader has to keep up: what it was told first may be more than it may lag. */
  expectPace(): void {
    this.#maxQueuedBytes = this.#response.writableLength + MAX_LAG_BYTES
  }

  /** Sends an event; a reader that is too slow loses its connection, and comes back if it cares. */
  send({ id, event, data }: StreamEvent): void {
    this.#write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Sends a comment, so that nobody on the way takes the connection for dead. */
  keepAlive(): void {
    this.#write(': keep-alive\n\n')
  }

  /** Ends the answer after what was sent. */
  end(): void {
    this.#response.end()
  }

  /** Resolves when the connection is closed or the answer was sent. */
  closed(): Promise<void> {
    return this.#closed.promise
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.open()
    this.#response.write(text)
    if (this.#response.writableLength > this.#maxQueuedBytes) this.#response.destroy()
  }
}
