import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientOptions } from 'ws'
import {
  createQianxiaSockets,
  type QianxiaSocketDeps,
  type QianxiaSockets,
  type SocketOptions,
} from '../../src/api/dialects/qianxia/sockets.ts'
import type { QianxiaConfig } from '../../src/config/dialects-config.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import { createCallers } from '../../src/api/guards/callers.ts'
import { createRequestSubmitter } from '../../src/api/guards/request-submitter.ts'
import { createRateLimits } from '../../src/api/limits/rate-limits.ts'
import type { ApiConfig } from '../../src/config/config.ts'
import { createRootLogger } from '../../src/platform/logger.ts'
import { Secret } from '../../src/platform/secret.ts'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { testApiConfig } from './api-config.ts'
import { sampleStatus } from './document-status.ts'
import { createFakeGateway, type FakeGateway } from './fake-gateway.ts'
import { createScriptedLive, type ScriptedLive } from './scripted-live.ts'
import { openSocket, refusedStatus, type TestSocket } from './socket-client.ts'
import { serveUpgrades } from './serve-upgrades.ts'

/** The sockets of the dialect behind a real server, with a scripted hub. */
export type SocketServer = AsyncDisposable & {
  readonly gateway: FakeGateway
  readonly live: ScriptedLive
  readonly sockets: QianxiaSockets
  readonly deps: QianxiaSocketDeps
  readonly logLines: readonly string[]
  readonly port: number
  /** Opens a socket at a path; it is closed with the server. */
  connect(path?: string, options?: ClientOptions): Promise<TestSocket>
  /** The status that an upgrade is answered with. */
  refused(path: string, options?: ClientOptions): Promise<number>
}

/** What a test may set. */
export type SocketServerOptions = SocketOptions & {
  readonly documents?: readonly DocumentStatus[]
  readonly qianxia?: Partial<QianxiaConfig>
  readonly publicUrl?: string
  readonly production?: boolean
  readonly api?: Partial<ApiConfig>
}

/** Serves sockets at the root and under `/qianxia`, with the password `pwd`. */
export async function startSocketServer(options: SocketServerOptions = {}): Promise<SocketServer> {
  await using setUp = new AsyncDisposableStack()
  const { path: directory } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'sockets-')))
  const secret = 'a secret of at least 32 characters'
  const logLines: string[] = []
  const gateway = createFakeGateway(options.documents)
  const live = createScriptedLive()
  const { qianxia } = testApiConfig()
  const api = testApiConfig({
    qianxia: { ...qianxia, ...options.qianxia },
    publicUrl: options.publicUrl ?? null,
    ...options.api,
  })
  const deps: QianxiaSocketDeps = {
    // Nothing else of the configuration is looked at.
    config: {
      api,
      production: options.production ?? false,
    } as QianxiaSocketDeps['config'],
    callers: createCallers({ access: api.access, signingSecret: new Secret(secret) }),
    rateLimits: createRateLimits({
      limits: api.limits,
      submitterOf: createRequestSubmitter(new Secret(secret)),
    }),
    gateway,
    live,
    logger: createRootLogger({ write: (line) => void logLines.push(line) }),
    signingSecret: new Secret(secret),
    store: createDirectoryBlobStore({ path: join(directory, 'store'), secret }),
  }
  const sockets = createQianxiaSockets(deps, options)
  const { port } = setUp.use(await serveUpgrades(sockets.upgradesAt(['', '/qianxia'])))
  setUp.use(sockets)
  const clients = setUp.use(new DisposableStack())
  const running = setUp.move()
  return {
    gateway,
    live,
    sockets,
    deps,
    logLines,
    port,
    connect: async (path = '/pwd/ws', clientOptions) =>
      clients.use(await openSocket(`ws://127.0.0.1:${port}${path}`, clientOptions)),
    refused: (path, clientOptions) => refusedStatus(`ws://127.0.0.1:${port}${path}`, clientOptions),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A task of four pages that nobody owns, two of them done. */
export function sampleTask(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return sampleStatus({ dialect: 'qianxia', engine: 'llm', ...changes })
}
