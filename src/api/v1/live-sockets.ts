import type { IncomingMessage } from 'node:http'
import { FAILURES, type FailureCode } from '../../contract/failures.ts'
import { codeOf, OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import { withOwnDocuments } from '../gateway/documents-of.ts'
import { createUpgradeAccess, type UpgradeAccessOptions } from '../guards/upgrade-access.ts'
import { MAX_CONNECTIONS, type Upgrades } from '../http/listen.ts'
import { originOf } from '../http/request-context.ts'
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
export type LiveSocketDeps = Pick<AppDeps, 'callers' | 'config' | 'gateway' | 'live' | 'logger'> &
  Pick<UpgradeAccessOptions, 'rateLimits'>

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

/** Makes the sockets. They show the documents of their caller, like `/v1`. */
export function createLiveSockets(
  deps: LiveSocketDeps,
  options: Partial<SocketServerOptions> = {},
): LiveSockets {
  const { publicUrl, temporalUi } = deps.config.api
  const accessOf = createUpgradeAccess({ ...deps, api: deps.config.api })
  const server = new SocketServer({ ...DEFAULTS, ...options })
  return {
    upgrades: {
      isMine: (request) => pathOf(request) === PATH,
      upgrade(upgrade, socket, head) {
        const { request, caller, refusal, count } = accessOf(upgrade)
        server.upgrade(
          { request, socket, head },
          {
            refusalOf() {
              if (refusal !== null) return problem(refusal)
              return caller.isAdmitted ? null : problemOf(deps.callers.refusalOf(request, caller))
            },
            async admit() {
              await count()
              return (opened) =>
                new LiveClient(opened, {
                  ...withOwnDocuments({ ...deps, owner: caller.owner }),
                  bases: { origin: originOf(request, publicUrl), temporalUi },
                })
            },
            refusalOfError: problemOf,
          },
        )
      },
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

function problemOf(thrown: unknown): UpgradeRefusal {
  const retryAfterMs = thrown instanceof OcrError ? thrown.retryAfterMs : null
  return { ...problem(codeOf(thrown)), retryAfterMs }
}

function problem(code: FailureCode): UpgradeRefusal {
  const { title, httpStatus: status } = FAILURES[code]
  return {
    status,
    contentType: 'application/problem+json',
    body: { type: `/errors#${code}`, title, status, instance: PATH, code },
  }
}
