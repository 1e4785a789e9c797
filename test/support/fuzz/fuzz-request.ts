import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

/** A request as it is sent. */
export type FuzzRequest = {
  readonly method: string
  /** Path and query, as they go over the wire. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What came back. */
export type FuzzAnswer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Of an event stream what came within its first moments. */
  readonly body: string
}

/** Events of a document that still runs have no end. */
const STREAM_MS = 50

/** Longer than any answer takes on a busy machine; an answer that does not come fails. */
const ANSWER_MS = 30_000

/** Sends a request on a connection of its own, adding nothing but what HTTP needs. */
export async function sendFuzzed(
  origin: string,
  { method, path, headers, body }: FuzzRequest,
): Promise<FuzzAnswer> {
  const signal = AbortSignal.timeout(ANSWER_MS)
  const sent = request(origin, { method, path, headers: { ...headers }, agent: false, signal })
  // A server that has answered may close before the rest of the body was sent.
  let answer: IncomingMessage | null = null
  sent.on('error', () => undefined)
  if (body.length > 0) sent.setHeader('content-length', body.length)
  sent.end(body)
  try {
    ;[answer] = (await once(sent, 'response')) as [IncomingMessage] // node:http's signature
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: await readBody(answer),
    }
  } finally {
    answer?.destroy()
    sent.destroy()
  }
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  const isEndless = answer.headers['content-type']?.startsWith('text/event-stream') === true
  const timer = isEndless ? setTimeout(() => answer.destroy(), STREAM_MS) : undefined
  try {
    for await (const chunk of answer) chunks.push(chunk as Uint8Array) // no encoding was set
  } catch (error) {
    if (!isEndless) throw error
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A request in one line, for a failure. */
export function describeRequest({ method, path, headers, body }: FuzzRequest): string {
  const shown = body.length > 300 ? `${body.toString('latin1', 0, 300)}… (${body.length})` : body
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(headers)} ${JSON.stringify(String(shown))}`
}
