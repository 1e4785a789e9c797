import { Agent, request, type Dispatcher } from 'undici'
import { OcrError } from '../../platform/errors.ts'
import type { RequestLimits } from './model-server.ts'
import { failureOfTransport } from './transport-failure.ts'
import { decodedPieces, type PieceSource } from './reply-stream.ts'

/** Makes every request to model servers. */
export type HttpTransport = AsyncDisposable & {
  /**
   * Like the global `fetch`, for text bodies. Follows no redirects, decompresses nothing, and ends
   * after the limits; of the headers only `content-type` and `retry-after` come back. The body
   * **must** be read or cancelled.
   *
   * @throws {OcrError} `ENGINE_UNREACHABLE`, `ENGINE_TIMED_OUT`, `ENGINE_REPLY_BROKEN`,
   *   `ENGINE_MISCONFIGURED` (TLS); so does reading the body. The signal's reason when it fires
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

/** Headers of a reply that anything is made of: the rest is hostile and not needed. */
const KEPT_HEADERS = ['content-type', 'retry-after']

/** Statuses that have no body; `Response` refuses one with them. */
const BODILESS = new Set([204, 205, 304])

/** Creates a transport with connections of its own; opens none before the first request. */
export function createHttpTransport(limits: RequestLimits): HttpTransport {
  return transportOf(limits, { keepsConnections: true })
}

/**
 * Creates a transport for questions of {@link lookupLimits}, with a new connection each: one that was
 * kept may have just been closed by a server that is well.
 */
export function createLookupTransport(limits: RequestLimits): HttpTransport {
  return transportOf(lookupLimits(limits), { keepsConnections: false })
}

/** The limits for a question that a server answers at once: at most ten seconds and 1 MB. */
export function lookupLimits(limits: RequestLimits): RequestLimits {
  return {
    connectMs: limits.connectMs,
    firstByteMs: Math.min(limits.firstByteMs, 10_000),
    idleMs: Math.min(limits.idleMs, 10_000),
    totalMs: Math.min(limits.totalMs, 10_000),
    maxReplyBytes: Math.min(limits.maxReplyBytes, 1024 * 1024),
  }
}

function transportOf(
  limits: RequestLimits,
  { keepsConnections }: { keepsConnections: boolean },
): HttpTransport {
  const agent = new Agent({
    connect: { timeout: limits.connectMs },
    headersTimeout: limits.firstByteMs,
    // The pieces of the body are timed by `decodedPieces`: the first one may take longer.
    bodyTimeout: 0,
    maxResponseSize: limits.maxReplyBytes,
    // vLLM drops idle connections after 5 s; a request on one that is just closing fails.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
    pipelining: keepsConnections ? 1 : 0,
    allowH2: false,
  })
  return {
    fetch: (input, init = {}) => send({ agent, limits }, input, init),
    [Symbol.asyncDispose]: () => agent.destroy(),
  }
}

async function send(
  { agent, limits }: { agent: Agent; limits: RequestLimits },
  input: string | URL | Request,
  init: RequestInit,
): Promise<Response> {
  const stop = new AbortController()
  const caller = init.signal ?? null
  caller?.throwIfAborted()
  const abandon = (): void => stop.abort(caller?.reason)
  caller?.addEventListener('abort', abandon, { once: true })
  const timer = setTimeout(() => {
    stop.abort(deadlineFailure(`no whole answer within ${limits.totalMs} ms`))
  }, limits.totalMs)
  const release = (): void => {
    clearTimeout(timer)
    caller?.removeEventListener('abort', abandon)
  }

  try {
    const reply = await request(input instanceof Request ? input.url : input, {
      dispatcher: agent,
      // Both are upper-case names of HTTP methods.
      method: (init.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: { ...Object.fromEntries(new Headers(init.headers)), 'accept-encoding': 'identity' },
      body: textBody(init.body),
      signal: stop.signal,
    })
    return toResponse(reply, { stop, release, limits })
  } catch (error) {
    release()
    if (caller?.aborted === true) throw caller.reason as Error // As abort() was given it.
    throw failureOfTransport(error, { hasAnswered: false })
  }
}

type Running = {
  readonly stop: AbortController
  readonly release: () => void
  readonly limits: RequestLimits
}

function toResponse(reply: Dispatcher.ResponseData, running: Running): Response {
  const { statusCode: status } = reply
  const headers = new Headers()
  for (const name of KEPT_HEADERS) {
    const value = reply.headers[name]
    if (typeof value === 'string' && /^[\x20-\x7e]*$/.test(value)) headers.set(name, value)
  }
  const problem = status > 599 ? 'an unknown status' : encodingProblem(reply)
  if (problem === null && !BODILESS.has(status)) {
    return new Response(bodyOf(reply, running), { status, headers })
  }
  reply.body.on('error', () => undefined).destroy()
  running.release()
  // The status of a failure says enough without its body.
  if (problem !== null && (status < 400 || status > 599)) {
    throw new OcrError('ENGINE_REPLY_BROKEN', `Cannot read the answer: it has ${problem}`)
  }
  return new Response(null, { status, headers })
}

function encodingProblem({ headers }: Dispatcher.ResponseData): string | null {
  const encoding = headers['content-encoding']
  return encoding === undefined || encoding === 'identity'
    ? null
    : 'a content encoding that was not asked for'
}

function bodyOf(reply: Dispatcher.ResponseData, running: Running): ReadableStream<Uint8Array> {
  const { stop, release, limits } = running
  const source: PieceSource = {
    pieces: reply.body,
    isStrict: reply.statusCode < 400,
    limits,
    onSilence: (limitMs) => stop.abort(deadlineFailure(`silent for ${limitMs} ms`)),
  }
  const pieces = decodedPieces(source)
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next()
        if (done !== true) return controller.enqueue(value)
        release()
        controller.close()
      } catch (error) {
        release()
        // Whatever was wrong with a piece, the connection would stay open for the rest.
        stop.abort()
        controller.error(failureOfTransport(error, { hasAnswered: true }))
      }
    },
    cancel(reason) {
      release()
      stop.abort(reason)
    },
  })
}

function textBody(body: RequestInit['body']): string | null {
  if (body === undefined || body === null || typeof body === 'string') return body ?? null
  throw new TypeError('A model server is sent text only')
}

function deadlineFailure(state: string): OcrError {
  return new OcrError('ENGINE_TIMED_OUT', `Cannot get an answer from the engine: ${state}`)
}
