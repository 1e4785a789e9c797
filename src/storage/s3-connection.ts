import http from 'node:http'
import https from 'node:https'
import { Client, type ClientOptions } from 'minio'
import { coerceError, isAbortError } from '../platform/errors.ts'
import type { Secret } from '../platform/secret.ts'
import { STORAGE_FULL_CODE } from './s3-errors.ts'

/** Bytes of a part of a large object, and the largest object that is written by one request. */
export const S3_PART_BYTES = 8 * 1024 * 1024

/** Where an S3-compatible store is, and as whom to use it. */
export type S3Settings = {
  /** Origin, such as `http://store:7070`. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: Secret
  /** Origin that clients reach the store at; `null`: they do not, and download through the api. */
  readonly publicUrl: string | null
}

/** How long to wait for a server. */
export type S3Timing = {
  /** Without a byte in either direction; also a body that its reader leaves alone. */
  readonly idleMs: number
  /** Until a request is answered. Reading an object goes on longer. */
  readonly answerMs: number
}

/** Long enough for 8 MiB over a line of 1 Mbit/s. */
const TIMING: S3Timing = { idleMs: 30_000, answerMs: 120_000 }

/** Calls under way at once; further ones wait for their turn. */
const MAX_SOCKETS = 64

/** Facts of one request. */
export type S3CallOptions = {
  readonly signal?: AbortSignal
  /** The answer is read at the pace of somebody else: it takes no place from the other calls. */
  readonly isRead?: boolean
  /** Headers to add that the client has no argument for. They are not signed. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Requests to an S3 server, each with a deadline. Retries are the caller's. */
export class S3Connection {
  readonly bucket: string
  readonly region: string
  readonly isEncrypted: boolean
  readonly #settings: S3Settings
  readonly #timing: S3Timing
  readonly #agent: http.Agent
  /** Of bodies: no other call waits for those who read them slowly. */
  readonly #readAgent: http.Agent

  constructor(settings: S3Settings, timing: Partial<S3Timing> = {}) {
    this.bucket = settings.bucket
    this.region = settings.region
    this.isEncrypted = settings.endpoint.startsWith('https:')
    this.#settings = settings
    this.#timing = { ...TIMING, ...timing }
    const { Agent } = this.isEncrypted ? https : http
    this.#agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS })
    this.#readAgent = new Agent({ keepAlive: true, maxFreeSockets: MAX_SOCKETS })
  }

  /**
   * Runs requests and waits for their answers; a body that was begun by then may be read on.
   *
   * @throws what the client throws: see s3-errors.ts. `AbortError` when `options.signal` fired.
   */
  async call<T>(run: (client: Client) => Promise<T>, options: S3CallOptions = {}): Promise<T> {
    const { signal } = options
    signal?.throwIfAborted()
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), this.#timing.answerMs)
    const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal
    let isFull = false
    const onStatus = (status: number): void => {
      isFull ||= status === 507
    }
    try {
      return await run(this.#clientFor({ ...options, signal: either }, onStatus))
    } catch (error) {
      // Servers have codes of their own for it, or none; the client hides the status.
      if (isFull) throw Object.assign(coerceError(error), { code: STORAGE_FULL_CODE })
      // A socket that is torn away tells of itself before it tells why.
      if (signal?.aborted && !isAbortError(error)) signal.throwIfAborted()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** A client for URLs that others use; it sends nothing. */
  publicClient(publicUrl: string): Client {
    return new Client(clientOptions(this.#settings, publicUrl))
  }

  /** One per call, which takes microseconds: only so can a request be stopped. */
  #clientFor(
    { signal, isRead = false, headers = {} }: S3CallOptions,
    onStatus: (status: number) => void,
  ): Client {
    const { request } = this.isEncrypted ? https : http
    const { idleMs } = this.#timing
    const transport = {
      request(
        given: Omit<http.RequestOptions, 'headers'> & { headers: http.OutgoingHttpHeaders },
        onResponse: (response: http.IncomingMessage) => void,
      ): http.ClientRequest {
        const options = {
          ...given,
          headers: { ...given.headers, ...headers },
          timeout: idleMs,
          ...(signal ? { signal } : {}),
        }
        const outgoing = request(options, (response) => {
          onStatus(response.statusCode ?? 0)
          // The client leaves the body of a failure unread, which would hold the socket.
          if ((response.statusCode ?? 0) >= 400 && isLeftUnread(response)) response.resume()
          onResponse(response)
        })
        outgoing.on('timeout', () => {
          const timeOut = new Error('Cannot use the object store: no data')
          outgoing.destroy(Object.assign(timeOut, { code: 'ETIMEDOUT' }))
        })
        return outgoing
      },
    }
    return new Client({
      ...clientOptions(this.#settings, this.#settings.endpoint),
      transportAgent: isRead ? this.#readAgent : this.#agent,
      // The option wants the whole module `http`; the client calls `request` only.
      transport: transport as unknown as NonNullable<ClientOptions['transport']>,
    })
  }
}

function clientOptions(settings: S3Settings, origin: string): ClientOptions {
  const { protocol, hostname, port } = new URL(origin)
  const isEncrypted = protocol === 'https:'
  return {
    endPoint: hostname,
    port: port === '' ? (isEncrypted ? 443 : 80) : Number(port),
    useSSL: isEncrypted,
    accessKey: settings.accessKey,
    secretKey: settings.secretKey.reveal(),
    // Without it each first request would ask for it.
    region: settings.region,
    pathStyle: true,
    partSize: S3_PART_BYTES,
    retryOptions: { disableRetry: true },
  }
}

/** Statuses that the client turns into an error without a look at the body. */
function isLeftUnread({ statusCode = 0 }: http.IncomingMessage): boolean {
  return [408, 429, 499, 500, 502, 503, 504, 520].includes(statusCode)
}
