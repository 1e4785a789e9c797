import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { loadSigningSecret } from '../config/signing-secret.ts'
import { apiLogger } from '../platform/logger.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { createDirectoryBlobStore } from '../storage/directory-blob-store.ts'
import { prepareTemporaryDirectory } from '../storage/temporary-files.ts'
import type { AppDeps } from './app-deps.ts'
import { createApp, createPyOcrApp } from './app.ts'
import { createDocumentGateway, type DocumentGateway } from './gateway/document-gateway.ts'
import { listen, StartError, type Listener } from './http/listen.ts'
import { connectTemporal } from './gateway/temporal-client.ts'

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

/** Documented ports and what they serve. Ports of dialects that do not exist yet are not opened. */
const COMPAT_APPS = new Map([[5000, createPyOcrApp]])

/**
 * Starts the HTTP side. It needs neither Temporal nor a worker to start; `/readyz` tells what is missing.
 *
 * A documented port that is taken is reported and skipped.
 *
 * @throws {StartError} when the main port cannot be opened
 * @example await using api = await startApi(loadConfig())
 */
export async function startApi(config: Config, overrides: ApiOverrides = {}): Promise<RunningApi> {
  const signingSecret = await loadSigningSecret(config)
  const secret = signingSecret.reveal()
  const store = overrides.store ?? createDirectoryBlobStore({ path: config.storage.path, secret })
  const temporaryDirectory = join(config.dataDirectory, 'uploads')
  await prepareTemporaryDirectory(temporaryDirectory)
  const stopping = new AbortController()

  await using setUp = new AsyncDisposableStack()
  const { client } = setUp.use(connectTemporal(config.temporal))
  const deps: AppDeps = {
    config,
    gateway:
      overrides.gateway ??
      createDocumentGateway({
        client,
        store,
        secret,
        fallbackEngine: config.engines.fallbackEngine,
      }),
    store,
    signingSecret,
    temporaryDirectory,
    logger: apiLogger,
    stopping: stopping.signal,
    checkResponses: overrides.checkResponses ?? false,
  }
  const { host, port, compatPorts } = config.api
  const main = await listen(createApp(deps), { host, port })
  const compat = await openCompatPorts(deps, { host, ports: compatPorts })
  // Together: one with a slow download must not keep the others open.
  setUp.defer(async () => {
    await Promise.all([main, ...compat].map((listener) => listener[Symbol.asyncDispose]()))
  })
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
  { host, ports }: { host: string; ports: readonly number[] },
): Promise<Listener[]> {
  const listeners: Listener[] = []
  for (const port of ports) {
    const createCompatApp = COMPAT_APPS.get(port)
    if (createCompatApp === undefined) continue
    try {
      listeners.push(await listen(createCompatApp(deps), { host, port }))
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      deps.logger.warn({ port }, `documented port skipped: ${error.message}`)
    }
  }
  return listeners
}
