import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import { POLICY_VIOLATION } from '../../sockets/connection.ts'
import type { Caller } from './session.ts'
import { TaskClient, type SocketDeps } from './socket-client.ts'
import type { SocketStats } from './socket-stats.ts'

/** Who is connected, and by which name. */
export class OpenSockets {
  readonly #deps: SocketDeps
  readonly #clients = new Set<TaskClient>()
  /** By owner and client id. */
  readonly #named = new Map<string, TaskClient>()

  constructor(deps: SocketDeps) {
    this.#deps = deps
  }

  /** Begins to serve a socket. An earlier one of the same caller and client id is closed. */
  add(socket: WebSocket, caller: Caller, givenId: string | null): TaskClient {
    const clientId = givenId ?? randomUUID()
    // Nobody closes the sockets of another user by guessing their names.
    const name = JSON.stringify([caller.owner, clientId])
    this.#named.get(name)?.close(POLICY_VIOLATION, 'another socket has the same client_id')
    const client = new TaskClient({ socket, clientId, caller }, this.#deps)
    this.#clients.add(client)
    this.#named.set(name, client)
    socket.once('close', () => {
      this.#clients.delete(client)
      if (this.#named.get(name) === client) this.#named.delete(name)
    })
    return client
  }

  /** What is told of them. */
  stats(): SocketStats {
    const tasks = [...this.#clients].flatMap((client) => [...client.subscribedTasks])
    return {
      activeConnections: this.#clients.size,
      totalTaskSubscriptions: tasks.length,
      uniqueSubscribedTasks: new Set(tasks).size,
    }
  }
}
