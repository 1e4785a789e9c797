import { OcrError } from '../../platform/errors.ts'
import { readFailedReply } from '../model-server/failed-reply.ts'
import {
  createHttpTransport,
  createLookupTransport,
  type HttpTransport,
} from '../model-server/http-transport.ts'
import type { RequestLimits } from '../model-server/model-server.ts'
import { readChatReply, type OllamaReply } from './chat-reply.ts'
import { jsonLines } from './ndjson.ts'
import { failureOfOllama } from './reply-failure.ts'

/** How one answer is followed. */
export type OllamaCall = {
  readonly signal: AbortSignal
  readonly onTokens?: (tokens: number) => void
}

/** The requests that are made to an Ollama; each throws the codes of its failures. */
export type OllamaServer = AsyncDisposable & {
  /** Streams one answer of `/api/chat`. Aborting closes the connection, which stops the model. */
  chat(body: Readonly<Record<string, unknown>>, call: OllamaCall): Promise<OllamaReply>
  /** Asks for something that is known at once; posts when there is a body. */
  lookUp(path: string, question: { signal: AbortSignal; body?: object }): Promise<unknown>
}

/**
 * The base of Ollama's own API for a URL as people write it: no slash, `/api` or `/v1` at its end.
 *
 * @throws {TypeError} when it is not a URL; the configuration has checked that
 */
export function ollamaBaseUrl(text: string): string {
  const { origin, pathname } = new URL(text.trim())
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/(?:api|v1)$/, '')}`
}

/** Creates the requests to one Ollama; opens no connection before the first. */
export function createOllamaServer(baseUrl: string, limits: RequestLimits): OllamaServer {
  const url = ollamaBaseUrl(baseUrl)
  const chats = createHttpTransport(limits)
  const lookUps = createLookupTransport(limits)
  return {
    async chat(body, { signal, onTokens }) {
      const response = await send(chats, `${url}/api/chat`, { body, signal })
      if (response.body === null) throw brokenReply('it is empty')
      try {
        return await readChatReply(jsonLines(response.body), onTokens)
      } catch (error) {
        signal.throwIfAborted()
        throw error
      }
    },
    async lookUp(path, question) {
      const response = await send(lookUps, `${url}${path}`, question)
      try {
        return (await response.json()) as unknown
      } catch (error) {
        question.signal.throwIfAborted()
        if (error instanceof OcrError) throw error
        throw brokenReply('it is not JSON')
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([chats[Symbol.asyncDispose](), lookUps[Symbol.asyncDispose]()])
    },
  }
}

async function send(
  transport: HttpTransport,
  url: string,
  { body, signal }: { body?: object; signal: AbortSignal },
): Promise<Response> {
  const posting = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await transport.fetch(url, { ...posting, signal })
  if (response.status === 200) return response
  const reply = await readFailedReply(response)
  signal.throwIfAborted()
  throw failureOfOllama(reply)
}

function brokenReply(state: string): OcrError {
  return new OcrError('ENGINE_REPLY_BROKEN', `Cannot read answer of Ollama: ${state}`)
}
