import { request, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { serve } from './serve.ts'

/** What happens to a request on its way. */
export type Fault =
  | 'none'
  /** Never answered; nothing reaches the server. */
  | 'stall'
  /** Half of the answer's body, then silence. */
  | 'stall-in-answer'
  /** Half of the answer's body, then the end of the connection. */
  | 'cut-in-answer'
  /** A byte of the answer's body every 50 ms. */
  | 'trickle'
  /** 500 instead of the server's answer; the server has done it. */
  | 'execute-then-500'
  /** The answer without its length, as some proxies send it. */
  | 'chunked'
  /**
   * This status; nothing reaches the server. 507 tells of a full disk and 403 of a key that may not,
   * as S3 servers do.
   */
  | 403
  | 429
  | 500
  | 503
  | 507

const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
const FULL = '<Error><Code>InsufficientStorage</Code><Message>No space left</Message></Error>'

/** A proxy in front of an HTTP server. */
export type FaultyProxy = AsyncDisposable & {
  readonly url: string
  /** Chooses the fault of every request from now on. */
  set(choose: (request: { readonly method: string; readonly url: string }) => Fault): void
  /** `PUT /bucket/key`, as they came. */
  readonly requests: readonly string[]
}

/** Starts a proxy that hands everything on until it is told otherwise. */
export async function startFaultyProxy(origin: string): Promise<FaultyProxy> {
  let choose: (request: { readonly method: string; readonly url: string }) => Fault = () => 'none'
  const requests: string[] = []
  const timers = new Set<NodeJS.Timeout>()
  const server = await serve((incoming, response) => {
    const { method = '', url = '' } = incoming
    requests.push(`${method} ${url}`)
    void answer(choose({ method, url }), incoming, response).catch(() => response.destroy())
  })

  async function answer(
    fault: Fault,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (fault === 'stall') return
    if (typeof fault === 'number') {
      incoming.resume()
      response.writeHead(fault).end(fault === 507 ? FULL : fault === 403 ? DENIED : '')
      return
    }
    const { status, headers, body } = await handOn(origin, incoming)
    if (fault === 'execute-then-500') {
      response.writeHead(500, { 'Content-Length': 0 }).end()
      return
    }
    if (fault === 'chunked') delete headers['content-length']
    response.writeHead(status, headers)
    if (fault === 'none' || fault === 'chunked') response.end(body)
    else if (fault === 'trickle') trickle(response, body)
    else {
      response.write(body.subarray(0, Math.ceil(body.length / 2)))
      if (fault === 'cut-in-answer') setImmediate(() => response.destroy())
    }
  }

  function trickle(response: ServerResponse, body: Buffer): void {
    let sent = 0
    const timer = setInterval(() => {
      response.write(body.subarray(sent, ++sent))
      if (sent >= body.length || response.destroyed) clearInterval(timer)
    }, 50)
    timers.add(timer)
  }

  return {
    url: server.url,
    requests,
    set: (next) => {
      choose = next
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer)
      await server[Symbol.asyncDispose]()
    },
  }
}

async function handOn(
  origin: string,
  incoming: IncomingMessage,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const { method, url, headers } = incoming
  // With the Host that the client has signed.
  const outgoing = request(new URL(url ?? '/', origin), { method, headers }, resolve)
  outgoing.on('error', reject)
  incoming.pipe(outgoing)
  const response = await promise
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await buffer(response),
  }
}
