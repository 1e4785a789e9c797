import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'
import { createLiveSockets, type LiveSocketDeps } from '../../src/api/v1/live-sockets.ts'
import type { SocketServerOptions } from '../../src/api/sockets/socket-server.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import { createCallers } from '../../src/api/guards/callers.ts'
import { createRequestSubmitter } from '../../src/api/guards/request-submitter.ts'
import { createRateLimits } from '../../src/api/limits/rate-limits.ts'
import type { ApiConfig } from '../../src/config/config.ts'
import { createRootLogger } from '../../src/platform/logger.ts'
import { Secret } from '../../src/platform/secret.ts'
import { testApiConfig } from './api-config.ts'
import { createFakeGateway, type FakeGateway } from './fake-gateway.ts'
import { createScriptedLive, type ScriptedLive } from './scripted-live.ts'
import type { readJson } from './read-json.ts'
import { refusedStatus } from './socket-client.ts'
import { until } from './until.ts'
import { serveUpgrades } from './serve-upgrades.ts'

/** Signs the sessions of the server. */
export const LIVE_SECRET = 'a secret of at least 32 characters'

/** What a client of `/v1/live` was told, its data untyped. */
export type LiveMessage = {
  readonly document_id: string
  readonly event: string
  // As untyped as JSON.parse gives it.
  readonly data?: Awaited<ReturnType<typeof readJson>>
}

/** A client of `/v1/live`. */
export type LiveTestClient = Disposable & {
  readonly socket: WebSocket
  readonly messages: readonly LiveMessage[]
  /** Sends JSON; a text goes as it is. */
  send(message: unknown): void
  /** Waits until so many messages have come. */
  told(count: number): Promise<readonly LiveMessage[]>
  untilClosed(): Promise<number>
}

/** The sockets behind a real server, with a scripted hub. */
export type LiveServer = AsyncDisposable & {
  readonly gateway: FakeGateway
  readonly live: ScriptedLive
  readonly count: number
  readonly logLines: readonly string[]
  connect(options?: ClientOptions): Promise<LiveTestClient>
  /** The status that an upgrade is answered with. */
  refused(path: string, options?: ClientOptions): Promise<number>
  /** Stops the sockets, and not the server. */
  stop(): Promise<void>
}

/** What a test may set. */
export type LiveServerOptions = Partial<SocketServerOptions> & {
  readonly documents?: readonly DocumentStatus[]
  readonly publicUrl?: string
  readonly api?: Partial<ApiConfig>
}

/** Serves `/v1/live`. */
export async function startLiveServer(options: LiveServerOptions = {}): Promise<LiveServer> {
  await using setUp = new AsyncDisposableStack()
  const { documents = [], publicUrl = null, api: _api, ...kept } = options
  const gateway = createFakeGateway(documents)
  const live = createScriptedLive()
  const logLines: string[] = []
  const api = testApiConfig({ publicUrl, ...options.api })
  const deps: LiveSocketDeps = {
    // Nothing else of the configuration is looked at.
    config: { api } as LiveSocketDeps['config'],
    callers: createCallers({ access: api.access, signingSecret: new Secret(LIVE_SECRET) }),
    rateLimits: createRateLimits({
      limits: api.limits,
      submitterOf: createRequestSubmitter(new Secret(LIVE_SECRET)),
    }),
    gateway,
    live,
    logger: createRootLogger({ write: (line) => void logLines.push(line) }),
  }
  const sockets = createLiveSockets(deps, kept)
  const { port } = setUp.use(await serveUpgrades(sockets.upgrades))
  const url = `ws://127.0.0.1:${port}`
  setUp.use(sockets)
  const clients = setUp.use(new DisposableStack())
  const running = setUp.move()
  return {
    gateway,
    live,
    logLines,
    get count() {
      return sockets.count
    },
    connect: async (asked) => clients.use(await openLiveSocket(`${url}/v1/live`, asked)),
    refused: (path, asked) => refusedStatus(url + path, asked),
    stop: async () => {
      await sockets[Symbol.asyncDispose]()
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Opens a real client. */
export async function openLiveSocket(
  url: string,
  options: ClientOptions = {},
): Promise<LiveTestClient> {
  const socket = new WebSocket(url, options)
  const messages: LiveMessage[] = []
  let closeCode: number | null = null
  socket.on('message', (data) => {
    // One buffer, as long as nobody sets `binaryType`. Whatever it says, the test looks at its fields.
    messages.push(JSON.parse((data as Buffer).toString()) as LiveMessage)
  })
  socket.on('close', (code) => {
    closeCode = code
  })
  await once(socket, 'open')
  socket.on('error', () => undefined)
  return {
    socket,
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async told(count) {
      await until(() => messages.length >= count, `${count} messages have come`)
      return messages
    },
    async untilClosed() {
      await until(() => closeCode !== null, 'the socket is closed')
      return closeCode ?? 0
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}
