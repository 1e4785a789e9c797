import type { IncomingMessage, ServerResponse } from 'node:http'
import { serve } from './serve.ts'

/** One relayed text, as it arrived. */
export type ReceivedText = {
  readonly method: string
  readonly contentType: string | undefined
  /** What came so far. */
  body: string
  /** `broken`: the sender left before the end. */
  state: 'open' | 'whole' | 'broken'
}

/** A receiver of relayed texts. */
export type TextReceiver = AsyncDisposable & {
  readonly url: string
  readonly texts: readonly ReceivedText[]
}

/** Receives texts as the api does; `answer` may do otherwise as soon as a request is there. */
export async function startTextReceiver(
  answer?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TextReceiver> {
  const texts: ReceivedText[] = []
  const server = await serve((request, response) => {
    const text: ReceivedText = {
      method: request.method ?? '',
      contentType: request.headers['content-type'],
      body: '',
      state: 'open',
    }
    texts.push(text)
    // A sender that leaves is part of these tests.
    request.on('error', () => undefined)
    request.on('end', () => (text.state = 'whole'))
    // Not the request's own event: there is none once it was answered.
    request.socket.once('close', () => {
      if (text.state === 'open') text.state = 'broken'
    })
    if (answer) return answer(request, response)
    request.setEncoding('utf8').on('data', (piece: string) => (text.body += piece))
    request.on('end', () => response.writeHead(204).end())
  })
  return {
    url: `${server.url}/relay/1`,
    texts,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** What the lines of a relayed text say. */
export function linesOf(text: ReceivedText | undefined): unknown[] {
  const lines = text?.body.split('\n') ?? []
  return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line))
}
