import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { playReply, type Stage } from './play-reply.ts'
import { textReply, type FakeReply, type FakeReplySource } from './fake-reply.ts'

/** A chat request as the server got it. */
export type FakeRequest = {
  readonly atMs: number
  /** When the answer was whole, or the client left; `null` before. */
  endedAtMs: number | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Parsed JSON. */
  readonly body: unknown
  /** The client left before the answer was whole. */
  aborted: boolean
  /** The answer was sent to its end. */
  finished: boolean
}

/** A fake server that runs a model. */
export type FakeModelServer = AsyncDisposable & {
  /** `http://127.0.0.1:port`, without `/v1`. */
  readonly url: string
  readonly chatUrl: string
  /** Chat requests in the order of their arrival, without {@link FakeModelServer.probes}. */
  readonly requests: readonly FakeRequest[]
  /** Chat requests that only find out what the server can do. */
  readonly probes: readonly unknown[]
  /** Moments of all requests of any kind: chats, probes, lookups. */
  readonly arrivals: readonly number[]
  /** What was wrong with the requests: a test asserts that it stays empty. */
  readonly problems: readonly string[]
  /** TCP connections that were opened. */
  readonly connectionCount: number
  /** Answers the next requests; after them the default again. */
  script(...replies: FakeReply[]): void
  setDefault(reply: FakeReplySource): void
  /** Refuses connections for good, and ends those that are open, until `comeBack`. */
  goAway(): void
  comeBack(): Promise<void>
}

/** What makes a server a particular one. */
export type FakeModelServerOptions = {
  readonly reply?: FakeReplySource
  /** What is wrong with a request, in words. */
  readonly checkRequest?: (body: unknown) => string[]
  /** Answers a chat request that is rejected, or is only a probe, before any script. */
  readonly answerFirst?: (body: unknown) => { reply: FakeReply; isProbe: boolean } | null
  /** Bodies by path, of GET requests that are answered with 200. */
  readonly pages?: Readonly<Record<string, unknown>>
  /** 401 without `Bearer ‹key›`, as an object or as the plain string of vLLM. */
  readonly apiKey?: string | null
  readonly port?: number
}

/** Starts a fake server on 127.0.0.1. */
export async function startFakeModelServer(
  options: FakeModelServerOptions = {},
): Promise<FakeModelServer> {
  const requests: FakeRequest[] = []
  const probes: unknown[] = []
  const arrivals: number[] = []
  const problems: string[] = []
  const scripted: FakeReply[] = []
  const sockets = new Set<Socket>()
  let standing: FakeReplySource = options.reply ?? textReply('Fake text.')
  let connectionCount = 0
  let isUnhealthy = false
  let isClosed = false

  const server = createServer((request, response) => {
    // A client that leaves is part of these tests.
    response.on('error', () => undefined)
    handle(request, response).catch((error: unknown) => {
      problems.push(`The fake failed: ${String(error)}`)
      response.destroy()
    })
  })
  server.keepAliveTimeout = 5_000
  server.on('connection', (socket: Socket) => {
    connectionCount += 1
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  const port = await listen(server, options.port ?? 0)

  const stopListening = (): void => {
    if (server.listening) server.close()
  }
  const listenAgain = async (): Promise<void> => {
    isUnhealthy = false
    if (!isClosed && !server.listening) await listen(server, port)
  }
  const stage: Stage = {
    stopListening,
    refuse() {
      stopListening()
      for (const socket of sockets) socket.destroy()
    },
    beUnhealthy() {
      isUnhealthy = true
    },
    listenAgain,
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    arrivals.push(Date.now())
    const path = new URL(request.url ?? '/', 'http://fake').pathname
    if (path === '/health' || path === '/ping') return send(response, isUnhealthy ? 503 : 200, '')
    const { apiKey } = options
    if (apiKey && request.headers.authorization !== `Bearer ${apiKey}`) {
      return send(response, 401, { error: 'Unauthorized' })
    }
    if (request.method === 'GET' && options.pages && Object.hasOwn(options.pages, path)) {
      return send(response, 200, options.pages[path])
    }
    if (request.method !== 'POST' || path !== '/v1/chat/completions') {
      return send(response, 404, { detail: 'Not Found' })
    }
    const body: unknown = JSON.parse(await readText(request))
    const first = options.answerFirst?.(body) ?? null
    if (first?.isProbe === true) {
      probes.push(body)
      return playReply(first.reply, { response, body, stage })
    }
    await chat({ request, response, body, reply: first?.reply ?? null })
  }

  async function chat(turn: {
    request: IncomingMessage
    response: ServerResponse
    body: unknown
    reply: FakeReply | null
  }): Promise<void> {
    const { response, body, request } = turn
    const record: FakeRequest = {
      atMs: Date.now(),
      headers: request.headers,
      body,
      endedAtMs: null,
      aborted: false,
      finished: false,
    }
    requests.push(record)
    problems.push(...(options.checkRequest?.(body) ?? []))
    response.on('close', () => {
      record.endedAtMs = Date.now()
      record.finished = response.writableFinished
      record.aborted = !response.writableFinished
    })
    const next = turn.reply ?? scripted.shift() ?? standing
    await playReply(typeof next === 'function' ? await next(body) : next, { response, body, stage })
  }

  return {
    url: `http://127.0.0.1:${port}`,
    chatUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    probes,
    arrivals,
    problems,
    get connectionCount() {
      return connectionCount
    },
    script: (...replies) => void scripted.push(...replies),
    setDefault(reply) {
      standing = reply
    },
    goAway: () => stage.refuse(),
    comeBack: listenAgain,
    async [Symbol.asyncDispose]() {
      isClosed = true
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      // A listening TCP server has such an address.
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' })
  response.end(isText ? body : JSON.stringify(body))
}
