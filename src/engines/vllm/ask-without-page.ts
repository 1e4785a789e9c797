import { bearerHeader } from '../../platform/bearer-header.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'

/** A question whose answer does not matter, only whether it is taken. */
export type ServerQuestion = {
  readonly server: ModelServer
  /** There is no image: nothing is lost where it is answered. */
  readonly text: string
  /** With an impossible value, which only a server that knows the field refuses. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly signal?: AbortSignal
}

/**
 * Asks a vLLM for one token, unstreamed: whether it takes the fields shows in the status.
 *
 * @throws {OcrError} the codes of `HttpTransport.fetch`
 */
export async function askWithoutPage(
  transport: HttpTransport,
  { server, text, fields, signal }: ServerQuestion,
): Promise<Response> {
  return transport.fetch(`${server.baseUrl}/chat/completions`, {
    method: 'POST',
    ...(signal && { signal }),
    headers: { 'content-type': 'application/json', ...bearerHeader(server.apiKey) },
    body: JSON.stringify({
      model: server.model,
      messages: [{ role: 'user', content: text }],
      max_tokens: 1,
      ...fields,
    }),
  })
}
