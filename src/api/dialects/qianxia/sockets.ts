import type { IncomingMessage } from 'node:http'
import type { AppDeps } from '../../app-deps.ts'
import { MAX_CONNECTIONS, type Upgrades } from '../../http/listen.ts'
import { createUpgradeAccess, type UpgradeAccessOptions } from '../../guards/upgrade-access.ts'
import { SocketServer } from '../../sockets/socket-server.ts'
import { ContentPreviews } from './content-preview.ts'
import { isQianxiaServed } from './is-served.ts'
import { OpenSockets } from './open-sockets.ts'
import { requireCaller } from './session.ts'
import { readSocketPath } from './socket-path.ts'
import { NO_SOCKET, refusalFor, toSocketRefusal, UNAVAILABLE } from './socket-refusal.ts'
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
  'callers' | 'config' | 'gateway' | 'live' | 'logger' | 'signingSecret' | 'store'
> &
  Pick<UpgradeAccessOptions, 'rateLimits'>

/**
 * Sockets that one process has open at most: half of what a server takes, so that they leave the
 * other half to requests. Those of one address are not bounded: offices and proxies share theirs.
 */
export const MAX_SOCKETS = MAX_CONNECTIONS / 2
// What clients send is a line of JSON.
const MAX_MESSAGE_BYTES = 64 * 1024

/** Makes the sockets. They look after themselves every 30 s until they are disposed. */
export function createQianxiaSockets(
  deps: QianxiaSocketDeps,
  options: SocketOptions = {},
): QianxiaSockets {
  const { qianxia } = deps.config.api
  const accessOf = createUpgradeAccess({ ...deps, api: deps.config.api })
  const password = qianxia.password.reveal()
  const isServed = isQianxiaServed(deps.config)
  const open = new OpenSockets({ ...deps, previews: new ContentPreviews(deps) })
  const server = new SocketServer({
    maxMessageBytes: MAX_MESSAGE_BYTES,
    maxSockets: options.maxSockets ?? MAX_SOCKETS,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_INTERVAL_SECONDS * 1_000,
    idleTimeoutMs: options.idleTimeoutMs ?? CONNECTION_TIMEOUT_SECONDS * 1_000,
    unavailable: UNAVAILABLE,
  })

  return {
    upgradesAt(prefixes) {
      const pathOf = (request: IncomingMessage) => readSocketPath(request, { prefixes, password })
      return {
        isMine: (request) => isServed && pathOf(request) !== null,
        upgrade(upgrade, socket, head) {
          const path = pathOf(upgrade)
          const { request, caller, refusal, count } = accessOf(upgrade)
          server.upgrade(
            { request, socket, head },
            {
              refusalOf() {
                if (path === null) return NO_SOCKET
                return refusal === null ? null : refusalFor(refusal)
              },
              async admit() {
                const user = await requireCaller(request, { ...deps, owner: caller.owner })
                if (user.user === null && !caller.isAdmitted)
                  throw deps.callers.refusalOf(request, caller)
                await count()
                return (opened) => open.add(opened, user, path?.clientId ?? null)
              },
              refusalOfError: (error) => toSocketRefusal(error, deps.logger),
            },
          )
        },
      }
    },
    stats: () => open.stats(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
