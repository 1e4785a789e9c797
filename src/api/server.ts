import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { loadSigningSecret } from '../config/signing-secret.ts'
import { createFreeDisk } from '../platform/free-disk.ts'
import { apiLogger } from '../platform/logger.ts'
import { watchLoop } from '../platform/loop-lag.ts'
import { serveMetrics } from '../platform/metrics/serve-metrics.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { createBlobStore, refuseWrongSetUp } from '../storage/create-blob-store.ts'
import { keepTemporaryDirectory, prepareTemporaryDirectory } from '../storage/temporary-files.ts'
import type { AppDeps } from './app-deps.ts'
import { createApp } from './app.ts'
import { createCompatApp } from './compat-apps.ts'
import { warnOfWeakPassword } from './dialects/qianxia/is-served.ts'
import { RequestCounters } from './dialects/qianxia/request-counters.ts'
import { createQianxiaSockets, type QianxiaSockets } from './dialects/qianxia/sockets.ts'
import { createDocumentGateway, type DocumentGateway } from './gateway/document-gateway.ts'
import { createCallers } from './guards/callers.ts'
import { warnOfOpenService } from './guards/open-service.ts'
import { createRequestSubmitter } from './guards/request-submitter.ts'
import { createRouteGuards } from './guards/route-guards.ts'
import { createRateLimits } from './limits/rate-limits.ts'
import { listen, StartError, type Listener } from './http/listen.ts'
import { connectTemporal } from './gateway/temporal-client.ts'
import { createReadGpuStatus } from './gpu-status.ts'
import { createLiveDocuments } from './live/document-hub.ts'
import { createApiMetrics, type ApiMetrics } from './metrics/api-metrics.ts'
import { createPageFiles } from './page/page-files.ts'
import { createTextRelays } from './relay/text-relays.ts'
import { anyUpgrades } from './sockets/any-upgrades.ts'
import { createInFlight } from './synchronous/in-flight.ts'
import { createLiveSockets } from './v1/live-sockets.ts'

/** What tests replace. */
export type ApiOverrides = {
  readonly gateway?: DocumentGateway
  readonly store?: BlobStore
  readonly checkResponses?: boolean
}

/** A running api. Disposing turns `/readyz` false, ends long polls, lets requests finish, closes. */
export type RunningApi = AsyncDisposable & {
  /** Of the main listener. */
  readonly url: string
  readonly port: number
  /** Documented ports that could be opened. */
  readonly compatPorts: readonly number[]
}

/**
 * Starts the HTTP side. It needs neither Temporal nor a worker to start; `/readyz` tells what is missing.
 *
 * A documented port that is taken is reported and skipped.
 *
 * @throws {StartError} when the main port cannot be opened
 * @throws {StoreSetUpError} when the store has to be set up otherwise
 * @example await using api = await startApi(loadConfig())
 */
export async function startApi(config: Config, overrides: ApiOverrides = {}): Promise<RunningApi> {
  const signingSecret = await loadSigningSecret(config)
  const secret = signingSecret.reveal()
  const store = overrides.store ?? createBlobStore(config.storage, secret)
  await refuseWrongSetUp(store, config.storage, (message) => apiLogger.warn(message))
  const temporaryDirectory = join(config.dataDirectory, 'uploads')
  await prepareTemporaryDirectory(temporaryDirectory)
  const { storage } = config
  const freeDiskBytes = createFreeDisk([
    temporaryDirectory,
    ...(storage.kind === 'directory' ? [storage.path] : []),
  ])
  const stopping = new AbortController()

  await using setUp = new AsyncDisposableStack()
  setUp.use(keepTemporaryDirectory(temporaryDirectory))
  const secretSegment = config.api.qianxia.password.reveal()
  const metrics = createApiMetrics({ secretSegment, freeDiskBytes })
  const { client } = setUp.use(connectTemporal(config.temporal))
  const gateway = metrics.counted(
    overrides.gateway ??
      createDocumentGateway({
        client,
        store,
        secret,
        fallbackEngine: config.engines.fallbackEngine,
        publicUrl: config.api.publicUrl,
        webhookLifeMs: config.webhooks.giveUpAfterMs,
        admission: { limits: config.api.limits, freeDiskBytes },
      }),
  )
  const live = setUp.use(createLiveDocuments({ gateway, logger: apiLogger }))
  const callers = createCallers({ access: config.api.access, signingSecret })
  const submitterOf = createRequestSubmitter(signingSecret)
  const rateLimits = createRateLimits({ limits: config.api.limits, submitterOf })
  const shared = { config, gateway, store, live, signingSecret, callers, logger: apiLogger }
  const sockets = createQianxiaSockets({ ...shared, rateLimits })
  const liveSockets = createLiveSockets({ ...shared, rateLimits })
  // Known once it listens, and asked for by requests only.
  let ownUrl = ''
  const deps: AppDeps = {
    ...shared,
    owner: null,
    relays: createTextRelays({ url: () => config.api.internalUrl ?? ownUrl }),
    gpuStatus: createReadGpuStatus(store),
    inFlight: { dots: createInFlight(), deepseek: createInFlight() },
    qianxia: { counters: new RequestCounters(), sockets },
    pageFiles: createPageFiles(),
    temporaryDirectory,
    freeDiskBytes,
    loop: setUp.use(watchLoop()),
    guards: createRouteGuards({ api: config.api, callers, gateway, rateLimits, submitterOf }),
    countRequest: metrics.countRequest,
    stopping: stopping.signal,
    checkResponses: overrides.checkResponses ?? false,
  }
  warnOfWeakPassword(config, apiLogger)
  warnOfOpenService(config.api, apiLogger)
  const { host, port, compatPorts, mounts } = config.api
  const prefixes = [...(mounts.roots ? [''] : []), ...(mounts.prefixes ? ['/qianxia'] : [])]
  const upgrades = metrics.countedUpgrades(
    anyUpgrades(liveSockets.upgrades, sockets.upgradesAt(prefixes)),
  )
  const main = await listen(createApp(deps), { host, port }, upgrades)
  ownUrl = `http://${loopbackOf(host)}:${main.port}`
  const compat = await openCompatPorts(deps, { host, ports: compatPorts, sockets, metrics })
  metrics.askTemporal({ client, countDocuments: () => gateway.count({}), engines: config.engines })
  const metricsAddress = { host, port: config.metrics.port, logger: apiLogger }
  setUp.use(await serveMetrics(metrics.registry, metricsAddress))
  // Together: one with a slow download must not keep the others open.
  setUp.defer(async () => {
    await Promise.all([main, ...compat].map((listener) => listener[Symbol.asyncDispose]()))
  })
  setUp.defer(() => sockets[Symbol.asyncDispose]())
  setUp.defer(() => liveSockets[Symbol.asyncDispose]())
  setUp.defer(() => stopping.abort())

  const ended = setUp.move()
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${main.port}`,
    port: main.port,
    compatPorts: compat.map((listener) => listener.port),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  }
}

async function openCompatPorts(
  deps: AppDeps,
  {
    host,
    ports,
    sockets,
    metrics,
  }: {
    host: string
    ports: readonly number[]
    sockets: QianxiaSockets
    metrics: ApiMetrics
  },
): Promise<Listener[]> {
  const listeners: Listener[] = []
  for (const documented of ports) {
    const compat = createCompatApp(documented, deps)
    if (compat === null) continue
    const { app, port, hasSockets } = compat
    try {
      const upgrades = hasSockets ? metrics.countedUpgrades(sockets.upgradesAt([''])) : null
      listeners.push(await listen(app, { host, port }, upgrades))
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      deps.logger.warn({ port }, `documented port skipped: ${error.message}`)
    }
  }
  return listeners
}

/** A host that this machine can be reached at by itself. */
function loopbackOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
