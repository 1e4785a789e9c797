import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppDeps } from '../../src/api/app-deps.ts'
import { createApp } from '../../src/api/app.ts'
import { createLiveDocuments } from '../../src/api/live/document-hub.ts'
import type { LiveDocuments } from '../../src/api/live/live-documents.ts'
import type { GpuStatus, ReadGpuStatus } from '../../src/api/gpu-status.ts'
import { RequestCounters } from '../../src/api/dialects/qianxia/request-counters.ts'
import type { SocketStats } from '../../src/api/dialects/qianxia/socket-stats.ts'
import { createPageFiles } from '../../src/api/page/page-files.ts'
import { createInFlight } from '../../src/api/synchronous/in-flight.ts'
import { createTextRelays } from '../../src/api/relay/text-relays.ts'
import type { ApiConfig, EnginesConfig } from '../../src/config/config.ts'
import type { WebhooksConfig } from '../../src/config/webhooks-config.ts'
import { testApiConfig } from './api-config.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import { createFreeDisk } from '../../src/platform/free-disk.ts'
import { createRootLogger } from '../../src/platform/logger.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { createCallers } from '../../src/api/guards/callers.ts'
import { createRequestSubmitter } from '../../src/api/guards/request-submitter.ts'
import { createRouteGuards } from '../../src/api/guards/route-guards.ts'
import { createRateLimits } from '../../src/api/limits/rate-limits.ts'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { layBuiltPage } from './built-page.ts'
import { createFakeGateway, type FakeGateway } from './fake-gateway.ts'
import { serve } from './serve.ts'

/** An application with a fake gateway and a real store, over real HTTP. */
export type TestApi = AsyncDisposable & {
  readonly url: string
  readonly gateway: FakeGateway
  readonly store: BlobStore
  /** Everything that was logged. */
  readonly logLines: readonly string[]
  readonly directory: string
  /** As `fetch`, relative to the application. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Tells the application that its server is about to stop. */
  stop(): void
}

const NO_SOCKETS: SocketStats = {
  activeConnections: 0,
  totalTaskSubscriptions: 0,
  uniqueSubscribedTasks: 0,
}
const NO_GPU: GpuStatus = { isReady: false, slots: 0, gpu: null }

const NO_WEBHOOKS: WebhooksConfig = {
  secrets: [],
  timeoutMs: 1_000,
  firstRetryMs: 100,
  giveUpAfterMs: 60_000,
  urlRules: { allowedHosts: [], allowedPorts: [] },
}

/** What a test may set. */
export type TestApiOptions = {
  readonly documents?: readonly DocumentStatus[]
  readonly api?: Partial<ApiConfig>
  readonly engines?: Partial<EnginesConfig>
  readonly production?: boolean
  /** Default: they are off. */
  readonly webhooks?: Partial<WebhooksConfig>
  readonly live?: LiveDocuments
  /** What GPU workers tell. Default: there is none. */
  readonly gpuStatus?: ReadGpuStatus
  readonly freeDiskBytes?: AppDeps['freeDiskBytes']
  /** Default: as if the event loop were never late; on a busy machine it is. */
  readonly loop?: AppDeps['loop']
  readonly createApp?: typeof createApp
}

/** Serves the application on a free port; answers that are not as documented turn into 500. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  await using setUp = new AsyncDisposableStack()
  const { path: directory } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'api-')))
  const gateway = createFakeGateway(options.documents)
  const secret = 'a secret of at least 32 characters'
  const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret })
  const logLines: string[] = []
  const stopping = new AbortController()
  const logger = createRootLogger({ write: (line) => void logLines.push(line) })
  let server: Awaited<ReturnType<typeof serve>> | null = null
  const api = testApiConfig(options.api)
  const signingSecret = new Secret(secret)
  const callers = createCallers({ access: api.access, signingSecret })
  const submitterOf = createRequestSubmitter(signingSecret)
  const rateLimits = createRateLimits({ limits: api.limits, submitterOf })
  const deps: AppDeps = {
    config: {
      api,
      engines: {
        cpuEngine: 'paddle',
        fallbackEngine: null,
        paddleModelsDirectory: null,
        llm: null,
        ollama: null,
        dots: null,
        deepseek: null,
        ...options.engines,
      },
      webhooks: { ...NO_WEBHOOKS, ...options.webhooks },
      retention: { resultsDays: 30, intermediatesHours: 24 },
      production: options.production ?? false,
      worker: {
        roles: ['documents', 'ocr-cpu'],
        cpuSlots: 2,
        remoteSlots: 16,
        remotePagesPerSecond: null,
        ollamaSlots: 1,
        gpuSlots: 32,
        shutdownGraceMs: 1_000,
        heartbeatThrottleMs: 1_000,
        workflowBundlePath: null,
      },
      dataDirectory: directory,
    },
    gateway,
    owner: null,
    store,
    live: options.live ?? setUp.use(createLiveDocuments({ gateway, logger })),
    relays: createTextRelays({ url: () => server?.url ?? '' }),
    inFlight: { dots: createInFlight(), deepseek: createInFlight() },
    qianxia: { counters: new RequestCounters(), sockets: { stats: () => NO_SOCKETS } },
    gpuStatus: options.gpuStatus ?? (async () => NO_GPU),
    signingSecret,
    pageFiles: createPageFiles(await layBuiltPage(join(directory, 'web'))),
    temporaryDirectory: join(directory, 'uploads'),
    freeDiskBytes: options.freeDiskBytes ?? createFreeDisk([directory]),
    loop: options.loop ?? { lagMs: () => 0 },
    logger,
    callers,
    guards: createRouteGuards({ api, callers, gateway, rateLimits, submitterOf }),
    stopping: stopping.signal,
    checkResponses: true,
  }
  server = setUp.use(await serve((options.createApp ?? createApp)(deps)))
  const { url } = server
  const running = setUp.move()
  return {
    url,
    gateway,
    store,
    logLines,
    directory,
    fetch: (path, init) => fetch(url + path, { redirect: 'manual', ...init }),
    stop: () => stopping.abort(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** The smallest file that counts as a PDF by its content. */
export const PDF_BYTES = Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n')

/** A multipart form with one file. */
export function fileForm(
  bytes: Uint8Array = PDF_BYTES,
  { name = '发票 1.pdf', fields = {} }: { name?: string; fields?: Record<string, string> } = {},
): FormData {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.set(field, value)
  form.set('file', new Blob([Buffer.from(bytes)]), name)
  return form
}
