import type { IncomingMessage } from 'node:http'
import { FAILURES, type FailureCode } from '../../contract/failures.ts'
import type { AppDeps } from '../app-deps.ts'
import { withoutUsers } from '../gateway/ownerless-documents.ts'
import { MAX_CONNECTIONS, type Upgrades } from '../http/listen.ts'
import { originOf } from '../http/request-context.ts'
import { isOriginAllowed } from '../sockets/origin.ts'
import type { UpgradeRefusal } from '../sockets/refuse-upgrade.ts'
import { SocketServer, type SocketServerOptions } from '../sockets/socket-server.ts'
import { LiveClient } from './live-client.ts'

/** The sockets of `/v1/live` in one api process. Disposing closes them all with 1012. */
export type LiveSockets = AsyncDisposable & {
  readonly upgrades: Upgrades
  /** How many are open. */
  readonly count: number
}

/** What they work with. */
export type LiveSocketDeps = Pick<AppDeps, 'config' | 'gateway' | 'live' | 'logger'>

const PATH = '/v1/live'

const DEFAULTS: SocketServerOptions = {
  // What clients send is one id.
  maxMessageBytes: 4 * 1024,
  // A quarter of what a server takes: Qianxia's have a half, and requests need some.
  maxSockets: MAX_CONNECTIONS / 4,
  heartbeatMs: 30_000,
  idleTimeoutMs: 90_000,
  unavailable: problem('SERVICE_UNAVAILABLE'),
}

/** Makes the sockets. They show documents of nobody, like `/v1`. */
export function createLiveSockets(
  deps: LiveSocketDeps,
  options: Partial<SocketServerOptions> = {},
): LiveSockets {
  const { publicUrl, temporalUi } = deps.config.api
  const open = withoutUsers(deps)
  const server = new SocketServer({ ...DEFAULTS, ...options })
  return {
    upgrades: {
      isMine: (request) => pathOf(request) === PATH,
      upgrade: (request, socket, head) =>
        server.upgrade(
          { request, socket, head },
          {
            refusalOf: (asked) =>
              isOriginAllowed(asked, publicUrl) ? null : problem('ORIGIN_NOT_ALLOWED'),
            admit: async () => (opened) =>
              new LiveClient(opened, {
                ...open,
                bases: { origin: originOf(request, publicUrl), temporalUi },
              }),
            refusalOfError: () => problem('INTERNAL_SERVER_ERROR'),
          },
        ),
    },
    get count() {
      return server.count
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? '').split('?', 1)[0] ?? ''
}

function problem(code: FailureCode): UpgradeRefusal {
  const { title, httpStatus: status } = FAILURES[code]
  return {
    status,
    contentType: 'application/problem+json',
    body: { type: `/errors#${code}`, title, status, instance: PATH, code },
  }
}
