import { once } from 'node:events'
import { request, type IncomingMessage, type RequestOptions } from 'node:http'

/** An answer as it came over the wire. */
export type RawAnswer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/**
 * Sends a request with node:http. Unlike `fetch`, it adds no header of its own: fetch turns a
 * conditional request into a reload with `Cache-Control: no-cache`, which never ends in 304.
 */
export async function rawRequest(
  url: string,
  { body = '', ...options }: RequestOptions & { body?: string } = {},
): Promise<RawAnswer> {
  const sent = request(url, { agent: false, ...options })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage] // node:http's signature
  const chunks: Uint8Array[] = []
  for await (const chunk of answer) chunks.push(chunk as Uint8Array) // no encoding was set
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}
