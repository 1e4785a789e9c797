import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Caller } from './session.ts'
import { POLICY_VIOLATION, SocketClient, type SocketDeps } from './socket-client.ts'
import type { SocketStats } from './socket-stats.ts'

/** Close code that tells clients to come back: the server restarts. */
const SERVICE_RESTART = 1012

// Clients that do not answer to a close are cut off.
const CLOSE_GRACE_MS = 2_000

/** The sockets that are open. Disposing closes them all with 1012. */
export class OpenSockets implements AsyncDisposable {
  readonly #deps: SocketDeps
  readonly #clients = new Map<WebSocket, SocketClient>()
  /** By owner and client id. */
  readonly #named = new Map<string, SocketClient>()

  constructor(deps: SocketDeps) {
    this.#deps = deps
  }

  /** How many there are. */
  get count(): number {
    return this.#clients.size
  }

  /** Begins to serve a socket. An earlier one of the same caller and client id is closed. */
  add(socket: WebSocket, caller: Caller, givenId: string | null): void {
    const clientId = givenId ?? randomUUID()
    // Nobody closes the sockets of another user by guessing their names.
    const name = JSON.stringify([caller.owner, clientId])
    this.#named.get(name)?.close(POLICY_VIOLATION, 'another socket has the same client_id')
    const client = new SocketClient({ socket, clientId, caller }, this.#deps)
    this.#clients.set(socket, client)
    this.#named.set(name, client)
    socket.once('close', () => {
      this.#clients.delete(socket)
      if (this.#named.get(name) === client) this.#named.delete(name)
    })
  }

  /** Looks after every socket; see {@link SocketClient.beat}. */
  beat(idleTimeoutMs: number): void {
    for (const client of this.#clients.values()) client.beat(idleTimeoutMs)
  }

  /** What is told of them. */
  stats(): SocketStats {
    const tasks = [...this.#clients.values()].flatMap((client) => [...client.subscribedTasks])
    return {
      activeConnections: this.count,
      totalTaskSubscriptions: tasks.length,
      uniqueSubscribedTasks: new Set(tasks).size,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
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
