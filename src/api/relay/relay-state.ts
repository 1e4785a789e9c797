import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { OcrError } from '../../platform/errors.ts'

/** Pieces that may lie between the worker and the reader; a piece is a few tokens. */
const PIECES_AHEAD = 4

/** One request of a worker, as its relay sees it. */
export type RelaySource = {
  /** Passes a piece on; resolves when the next one may come. @throws when nobody wants it any more */
  write(piece: string): Promise<void>
  /** The text is whole. */
  end(): void
  /** The request ended early. Without a piece that is no loss: another one may come. */
  breakOff(cause: unknown): void
}

/** One relay from the first request of a worker to the last piece that was taken. */
export class RelayState {
  readonly #stream = new PassThrough({ objectMode: true, highWaterMark: PIECES_AHEAD })
  #hasBegun = false
  #isAbandoned = false
  /** Of the request that brings the text. */
  #disconnect: (() => void) | null = null

  constructor() {
    // A break that nobody reads must not end the process.
    this.#stream.on('error', () => undefined)
  }

  /** For one reader. @throws {OcrError} `ENGINE_REPLY_BROKEN` */
  async *pieces(): AsyncGenerator<string, void> {
    try {
      for await (const piece of this.#stream) yield String(piece)
    } catch (error) {
      if (!this.#isAbandoned) throw error
    }
  }

  /** Tells whether a request may still bring the text: not after a piece, which was passed on. */
  get isOpen(): boolean {
    return !this.#hasBegun && this.#stream.writable
  }

  /** Takes a request as the one that brings the text; an earlier one, which brought none, is cut off. */
  connect(disconnect: () => void): RelaySource {
    this.#disconnect?.()
    this.#disconnect = disconnect
    const isCurrent = (): boolean => this.#disconnect === disconnect
    return {
      write: async (piece) => {
        if (!isCurrent() || !this.#stream.writable) throw new Error('nobody waits for the text')
        this.#hasBegun = true
        await this.#write(piece)
      },
      end: () => {
        if (!isCurrent()) return
        this.#disconnect = null
        this.#stream.end()
      },
      breakOff: (cause) => {
        if (!isCurrent()) return
        this.#disconnect = null
        if (!this.#hasBegun) return
        const message = 'Cannot relay text: the worker broke off'
        this.#stream.destroy(new OcrError('ENGINE_REPLY_BROKEN', message, { cause }))
      },
    }
  }

  /** Nobody wants the text any more: reading ends, the request is cut off. */
  abandon(): void {
    this.#isAbandoned = true
    this.#stream.destroy()
    this.#disconnect?.()
    this.#disconnect = null
  }

  async #write(piece: string): Promise<void> {
    if (this.#stream.write(piece)) return
    const settled = new AbortController()
    try {
      // A reader that leaves closes the stream, and never drains it.
      await Promise.race(
        ['drain', 'close'].map((event) => once(this.#stream, event, { signal: settled.signal })),
      )
    } finally {
      settled.abort()
    }
  }
}
