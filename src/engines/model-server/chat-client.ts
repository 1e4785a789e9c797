import { APIConnectionTimeoutError, OpenAI } from 'openai'
import { bearerHeader } from '../../platform/bearer-header.ts'
import { OcrError } from '../../platform/errors.ts'
import { chatEvents } from './chat-events.ts'
import { brokenReply, type ChatReply } from './chat-reply.ts'
import { readFailedReply, RejectedRequest } from './failed-reply.ts'
import { createHttpTransport, type HttpTransport } from './http-transport.ts'
import { REQUEST_LIMITS, type ModelServer, type RequestLimits } from './model-server.ts'
import { readChatStream, type StreamWatch } from './read-chat-stream.ts'
import { RefusedParameters } from './refused-parameters.ts'
import { failureOfStatus, type FailedReply } from './reply-failure.ts'

export { requireWhole, type ChatReply } from './chat-reply.ts'

/** A page, and what is asked about it. */
export type ChatRequest = {
  /** Text part; stands after the image. */
  readonly prompt: string
  readonly png: Uint8Array
  /** Other top-level fields of the body (`temperature`, `max_tokens`, `vllm_xargs`). */
  readonly fields: Readonly<Record<string, unknown>>
}

/** How a request is watched. */
export type ChatCall = StreamWatch & {
  readonly signal: AbortSignal
  readonly requestId?: string
}

/** Asks a server that speaks OpenAI's chat API. Safe to use many times at once; never tries again. */
export type ChatClient = AsyncDisposable & {
  /**
   * What the model answers; the text may be empty. A loop is stopped as soon as it is noticed.
   *
   * @throws {OcrError} the codes of `failureOfStatus` and of `HttpTransport.fetch`, `ENGINE_REFUSED`,
   *   `ENGINE_OUTPUT_INVALID`
   */
  ask(request: ChatRequest, call: ChatCall): Promise<ChatReply>
}

/** Creates a client; opens no connection before the first request. */
export function createChatClient(
  server: ModelServer,
  options: { readonly limits?: RequestLimits } = {},
): ChatClient {
  const limits = options.limits ?? REQUEST_LIMITS
  const transport = createHttpTransport(limits)
  const openai = createOpenAi(server, { transport, limits })
  const parameters = new RefusedParameters()

  return {
    async ask(request, call) {
      const fields = { stream_options: { include_usage: true }, ...request.fields }
      for (;;) {
        call.signal.throwIfAborted()
        const sent = parameters.accepted(fields)
        const body = {
          ...sent,
          model: server.model,
          stream: true,
          messages: [{ role: 'user', content: contentOf(request) }],
        }
        try {
          return await stream(openai, body, call)
        } catch (error) {
          call.signal.throwIfAborted()
          const problem = problemIn(error)
          if (problem instanceof OcrError) throw problem
          if (!parameters.learn(sent, problem)) throw failureOfStatus(problem)
        }
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}

function createOpenAi(
  server: ModelServer,
  { transport, limits }: { transport: HttpTransport; limits: RequestLimits },
): OpenAI {
  const authorization = bearerHeader(server.apiKey)
  return new OpenAI({
    baseURL: server.baseUrl,
    // It takes no client without a key; the header is written below.
    apiKey: 'none',
    // The library would read these from the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    // It would log what a server sent.
    logLevel: 'off',
    maxRetries: 0,
    timeout: limits.totalMs + 10_000,
    async fetch(url, init) {
      const requestId = new Headers(init?.headers).get('x-client-request-id')
      const response = await transport.fetch(url, {
        ...init,
        // The library's own headers tell of this machine, and of the environment.
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...authorization,
          ...(requestId === null ? {} : { 'x-client-request-id': requestId }),
        },
      })
      if (!response.ok) throw new RejectedRequest(await readFailedReply(response))
      return response
    },
  })
}

async function stream(openai: OpenAI, body: object, call: ChatCall): Promise<ChatReply> {
  const { signal, requestId } = call
  // Its own reader of streams has no bounds: see `serverSentEvents`.
  const response = await openai
    .post('/chat/completions', {
      body,
      stream: true,
      signal,
      ...(requestId === undefined ? {} : { headers: { 'x-client-request-id': requestId } }),
    })
    .asResponse()
  if (response.body === null) throw brokenReply('it has no body')
  const reply = await readChatStream(chatEvents(response.body), call)
  signal.throwIfAborted()
  return reply
}

function contentOf({ prompt, png }: ChatRequest): object[] {
  const url = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  return [
    { type: 'image_url', image_url: { url, detail: 'high' } },
    { type: 'text', text: prompt },
  ]
}

/**
 * What went wrong, out of what the library made of it: the answer where there was one.
 *
 * @throws the error itself when it is a bug
 */
function problemIn(error: unknown): OcrError | FailedReply {
  if (error instanceof OcrError) return error
  if (error instanceof RejectedRequest) return error.reply
  if (error instanceof APIConnectionTimeoutError && error.cause === undefined) {
    return new OcrError(
      'ENGINE_TIMED_OUT',
      'Cannot get an answer from the engine: no answer in time',
    )
  }
  if (error instanceof Error && error.cause !== undefined) return problemIn(error.cause)
  throw error
}
