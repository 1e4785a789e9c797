import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { SERVICE_RESTART } from './connection.ts'
import { refuseUpgrade, type UpgradeRefusal } from './refuse-upgrade.ts'

/** What one side of an open socket must be able to do. */
export type SocketClient = {
  beat(idleTimeoutMs: number): void
  close(code: number, reason: string): void
}

/** An upgrade request. */
export type Upgrade = {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Whether an upgrade is taken, and by whom. */
export type SocketHandler = {
  /** Why it is not; `null`: it is, as far as can be told without waiting. */
  readonly refusalOf: (request: IncomingMessage) => UpgradeRefusal | null
  /** Looks who asks, and gives what serves the socket once it is open. May reject. */
  readonly admit: () => Promise<(socket: WebSocket) => SocketClient>
  /** The answer to what {@link admit} was rejected with. */
  readonly refusalOfError: (thrown: unknown) => UpgradeRefusal
}

/** How sockets are kept. */
export type SocketServerOptions = {
  readonly maxMessageBytes: number
  readonly maxSockets: number
  /** Between two looks at a socket. */
  readonly heartbeatMs: number
  /** A socket that nothing was heard from for so long is closed. */
  readonly idleTimeoutMs: number
  /** There are too many sockets, or the server stops. */
  readonly unavailable: UpgradeRefusal
}

const MAX_FRAGMENTS = 16
// Clients that do not answer to a close are cut off.
const CLOSE_GRACE_MS = 2_000

/** The open sockets of one kind. Disposing closes them all with 1012. */
export class SocketServer implements AsyncDisposable {
  readonly #options: SocketServerOptions
  readonly #handshakes: WebSocketServer
  readonly #clients = new Map<WebSocket, SocketClient>()
  readonly #heartbeat: NodeJS.Timeout
  #opening = 0
  #isClosed = false

  constructor(options: SocketServerOptions) {
    this.#options = options
    this.#handshakes = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.maxMessageBytes,
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: false,
    })
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients.values()) client.beat(options.idleTimeoutMs)
    }, options.heartbeatMs)
    this.#heartbeat.unref()
  }

  /** How many are open. */
  get count(): number {
    return this.#clients.size
  }

  /** Takes a connection, or refuses it with an answer. */
  upgrade(asked: Upgrade, handler: SocketHandler): void {
    const { request, socket } = asked
    // Until a WebSocket takes it over; what breaks before has no one to be told.
    socket.on('error', () => socket.destroy())
    const { maxSockets, unavailable } = this.#options
    const isFull = this.#isClosed || this.count + this.#opening >= maxSockets
    const refusal = handler.refusalOf(request) ?? (isFull ? unavailable : null)
    if (refusal !== null) {
      refuseUpgrade(socket, refusal)
      return
    }
    this.#opening += 1
    this.#open(asked, handler)
      .catch((error: unknown) => refuseUpgrade(socket, handler.refusalOfError(error)))
      .finally(() => {
        this.#opening -= 1
      })
  }

  async #open({ request, socket, head }: Upgrade, { admit }: SocketHandler): Promise<void> {
    const serve = await admit()
    if (this.#isClosed) {
      refuseUpgrade(socket, this.#options.unavailable)
      return
    }
    this.#handshakes.handleUpgrade(request, socket, head, (opened) => {
      this.#clients.set(opened, serve(opened))
      opened.once('close', () => this.#clients.delete(opened))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#heartbeat)
    const closed = [...this.#clients.keys()].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    )
    for (const client of this.#clients.values()) client.close(SERVICE_RESTART, 'the server stops')
    const cutOff = setTimeout(() => {
      for (const socket of this.#clients.keys()) socket.terminate()
    }, CLOSE_GRACE_MS)
    await Promise.all(closed)
    clearTimeout(cutOff)
  }
}
