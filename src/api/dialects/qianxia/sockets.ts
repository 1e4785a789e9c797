import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { AppDeps } from '../../app-deps.ts'
import { MAX_CONNECTIONS, type Upgrades } from '../../http/listen.ts'
import { ContentPreviews } from './content-preview.ts'
import { isQianxiaServed } from './is-served.ts'
import { OpenSockets } from './open-sockets.ts'
import { requireCaller } from './session.ts'
import { isOriginAllowed, readSocketPath, type SocketPath } from './socket-path.ts'
import {
  FOREIGN_ORIGIN,
  NO_SOCKET,
  refuseSocket,
  toSocketRefusal,
  UNAVAILABLE,
  type SocketRefusal,
} from './socket-refusal.ts'
import {
  CONNECTION_TIMEOUT_SECONDS,
  HEARTBEAT_INTERVAL_SECONDS,
  type SocketStats,
} from './socket-stats.ts'

/** The sockets of the dialect in one api process. Disposing closes them all with 1012. */
export type QianxiaSockets = AsyncDisposable & {
  /**
   * What a server needs that serves the dialect.
   *
   * @param prefixes Where it does so there, `''` for the root
   */
  upgradesAt(prefixes: readonly string[]): Upgrades
  stats(): SocketStats
}

/** How sockets are kept. */
export type SocketOptions = {
  /** Between two looks at a socket. Default: 30 s. */
  readonly heartbeatMs?: number
  /** A socket that nothing was heard from for so long is closed. Default: 300 s. */
  readonly idleTimeoutMs?: number
  /** Default: {@link MAX_SOCKETS}. */
  readonly maxSockets?: number
}

/** What sockets work with. */
export type QianxiaSocketDeps = Pick<
  AppDeps,
  'config' | 'gateway' | 'live' | 'logger' | 'signingSecret' | 'store'
>

/**
 * Sockets that one process has open at most: half of what a server takes, so that they leave the
 * other half to requests. Those of one address are not bounded: offices and proxies share theirs.
 */
export const MAX_SOCKETS = MAX_CONNECTIONS / 2
// What clients send is a line of JSON.
const MAX_MESSAGE_BYTES = 64 * 1024
const MAX_FRAGMENTS = 16

type Upgrade = {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Makes the sockets. They look after themselves every 30 s until they are disposed. */
export function createQianxiaSockets(
  deps: QianxiaSocketDeps,
  options: SocketOptions = {},
): QianxiaSockets {
  const { heartbeatMs = HEARTBEAT_INTERVAL_SECONDS * 1_000 } = options
  const { idleTimeoutMs = CONNECTION_TIMEOUT_SECONDS * 1_000, maxSockets = MAX_SOCKETS } = options
  const password = deps.config.api.qianxia.password.reveal()
  const isServed = isQianxiaServed(deps.config)
  const open = new OpenSockets({ ...deps, previews: new ContentPreviews(deps) })
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    perMessageDeflate: false,
  })
  let opening = 0
  let isClosed = false
  const heartbeat = setInterval(() => open.beat(idleTimeoutMs), heartbeatMs)
  heartbeat.unref()

  const refusalOf = (request: IncomingMessage): SocketRefusal | null => {
    if (!isOriginAllowed(request, deps.config.api.publicUrl)) return FOREIGN_ORIGIN
    return isClosed || open.count + opening >= maxSockets ? UNAVAILABLE : null
  }

  const openSocket = async (
    { request, socket, head }: Upgrade,
    { clientId }: SocketPath,
  ): Promise<void> => {
    const caller = await requireCaller(request, deps)
    if (isClosed) refuseSocket(socket, UNAVAILABLE)
    else
      handshakes.handleUpgrade(request, socket, head, (opened) =>
        open.add(opened, caller, clientId),
      )
  }

  const upgrade = (asked: Upgrade, path: SocketPath | null): void => {
    const { request, socket } = asked
    // Until a WebSocket takes it over; what breaks before has no one to be told.
    socket.on('error', () => socket.destroy())
    const refusal = path === null ? NO_SOCKET : refusalOf(request)
    if (path === null || refusal !== null) {
      refuseSocket(socket, refusal ?? NO_SOCKET)
      return
    }
    opening += 1
    openSocket(asked, path)
      .catch((error: unknown) => refuseSocket(socket, toSocketRefusal(error, deps.logger)))
      .finally(() => {
        opening -= 1
      })
  }

  return {
    upgradesAt(prefixes) {
      const pathOf = (request: IncomingMessage) => readSocketPath(request, { prefixes, password })
      return {
        isMine: (request) => isServed && pathOf(request) !== null,
        upgrade: (request, socket, head) => upgrade({ request, socket, head }, pathOf(request)),
      }
    },
    stats: () => open.stats(),
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearInterval(heartbeat)
      await open[Symbol.asyncDispose]()
    },
  }
}
