import type { Socket } from 'node:net'
import { Client } from 'undici'
import { failureOfNetwork, fetchFailed } from './fetch-failure.ts'

/** An answer whose body was not read yet. Disposing it ends the connection. */
export type Exchange = AsyncDisposable & {
  readonly status: number
  /** The value of a header by its lower-case name; `null` when it is missing or there twice. */
  readonly header: (name: string) => string | null
  /** As it comes over the wire: nothing is decompressed. Fails with the reason of the signal. */
  readonly body: AsyncIterable<Uint8Array>
}

/** What one request needs besides its URL. */
export type ExchangeOptions = {
  /** An open connection, for this request alone. */
  readonly socket: Socket
  readonly headersMs: number
  readonly signal: AbortSignal
  /** Absent: something is asked for. */
  readonly post?: Post
}

/** What is sent. */
export type Post = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Asks for a URL, or posts to it, over a connection that stands, with no header that tells anything about us or asks
 * for compression. Follows no redirect.
 *
 * @throws {OcrError} `FETCH_FAILED`. The signal's reason when it fires
 */
export async function exchange(url: URL, options: ExchangeOptions): Promise<Exchange> {
  const { socket, headersMs, signal } = options
  let isUsed = false
  const client = new Client(url.origin, {
    connect: (_target, connected) => {
      // Never a second connection: nobody would have checked it.
      const isSecond = isUsed
      isUsed = true
      // undici 8.13 forgets its request when it is called back at once.
      queueMicrotask(() => {
        if (isSecond) connected(fetchFailed('a second connection'), null)
        else connected(null, socket)
      })
    },
    headersTimeout: headersMs,
    // Timed by `limitedBody`.
    bodyTimeout: 0,
  })
  const end = async (): Promise<void> => {
    await client.destroy()
    socket.destroy()
  }
  try {
    const answer = await client.request({
      method: options.post === undefined ? 'GET' : 'POST',
      path: `${url.pathname}${url.search}`,
      headers: { accept: '*/*', 'user-agent': 'durable-ocr', ...options.post?.headers },
      body: options.post?.body ?? null,
      // Says `connection: close`.
      reset: true,
      signal,
    })
    return {
      status: answer.statusCode,
      header: (name) => {
        const value = answer.headers[name]
        return typeof value === 'string' ? value : null
      },
      body: answer.body,
      [Symbol.asyncDispose]: end,
    }
  } catch (error) {
    await end()
    signal.throwIfAborted()
    throw failureOfNetwork(error)
  }
}
