import { Readable } from 'node:stream'
import { Agent, request } from 'undici'

/** How a text reaches who waits for it while it is written. Nothing of it is a reason to fail. */
export type TextRelay = AsyncDisposable & {
  /** Sends the next piece; does nothing once the receiver is found to be gone. */
  write(piece: string): void
  /** Says that the text is whole, and waits until all of it was taken. */
  end(): Promise<void>
}

const CONNECT_MS = 2_000
// The api takes a text as fast as its own client does, and cancels the document of one that is gone.
const TAKEN_MS = 120_000

/**
 * Opens a relay to an address of the api: one streaming request of NDJSON, a line `{"text"}` for each
 * piece and `{"done":true}` for the end, which is answered with 204.
 *
 * The request starts with the first piece, so that an attempt which had none leaves the address, good
 * for one request, to the next one. Disposed of without an end it breaks off, which the receiver sees.
 * Follows no redirects; sends nothing to an address that is not plain HTTP.
 */
export function openTextRelay(url: string, signal: AbortSignal): TextRelay {
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false })
  const stop = new AbortController()
  // All of it is an answer of a model, which is bounded. Errors are dealt with where it is sent.
  const lines = new Readable({ read: () => undefined }).on('error', () => undefined)
  let sending: Promise<void> | null = null
  let isOver = URL.parse(url)?.protocol !== 'http:'

  const send = async (): Promise<void> => {
    try {
      const { body } = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: lines,
        signal: AbortSignal.any([signal, stop.signal]),
        // The answer comes when the model has said its last word.
        headersTimeout: 0,
      })
      body.on('error', () => undefined).destroy()
    } catch {
      // Refused, broken off or aborted: the receiver knows, or never was.
    } finally {
      // Whatever was answered: at the end all was taken, before it nothing more is wanted.
      isOver = true
      stop.abort()
      lines.destroy()
    }
  }
  const put = (line: object): void => void lines.push(`${JSON.stringify(line)}\n`)

  return {
    write(piece) {
      if (isOver) return
      put({ text: piece })
      sending ??= send()
    },
    async end() {
      if (isOver || sending === null) return
      put({ done: true })
      lines.push(null)
      const timer = setTimeout(() => stop.abort(), TAKEN_MS)
      await sending
      clearTimeout(timer)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await sending
      await agent.destroy()
    },
  }
}
