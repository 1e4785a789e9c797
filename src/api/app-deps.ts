import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import type { LoopWatch } from '../platform/loop-lag.ts'
import type { Secret } from '../platform/secret.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { DocumentGateway } from './gateway/document-gateway.ts'
import type { Callers } from './guards/callers.ts'
import type { RequestCounters } from './dialects/qianxia/request-counters.ts'
import type { SocketStats } from './dialects/qianxia/socket-stats.ts'
import type { ReadGpuStatus } from './gpu-status.ts'
import type { RouteGuard } from './http/route.ts'
import type { LiveDocuments } from './live/live-documents.ts'
import type { PageFiles } from './page/page-files.ts'
import type { TextRelays } from './relay/text-relays.ts'
import type { InFlight } from './synchronous/in-flight.ts'

/** Everything that the HTTP side works with. */
export type AppDeps = {
  readonly config: Pick<
    Config,
    'api' | 'engines' | 'webhooks' | 'retention' | 'dataDirectory' | 'worker' | 'production'
  >
  /** All documents, or those of {@link AppDeps.owner} alone: see documents-of.ts. */
  readonly gateway: DocumentGateway
  /** Who owns what is submitted; `null`: nobody. */
  readonly owner: string | null
  readonly store: BlobStore
  readonly live: LiveDocuments
  readonly relays: TextRelays
  readonly gpuStatus: ReadGpuStatus
  /** Requests of the synchronous dialects, over all listeners. */
  readonly inFlight: { readonly dots: InFlight; readonly deepseek: InFlight }
  /** What Qianxia's system routes tell of this process. */
  readonly qianxia: {
    readonly counters: RequestCounters
    readonly sockets: { stats(): SocketStats }
  }
  /** The web page and what it loads, as built last. */
  readonly pageFiles: () => PageFiles
  /** The secret of the store's signed URLs. */
  readonly signingSecret: Secret
  /** Uploads lie here while they arrive. */
  readonly temporaryDirectory: string
  /** Of the disks that uploads and the store need; 5 s old at most. */
  readonly freeDiskBytes: () => Promise<number>
  /** Tells how late the event loop of this process is. */
  readonly loop: Pick<LoopWatch, 'lagMs'>
  readonly logger: Logger
  /** Tells who asks. */
  readonly callers: Callers
  /** What stands before every route, see guards/. */
  readonly guards: readonly RouteGuard[]
  /** Counts and times every request; absent: nobody does. */
  readonly countRequest?: RequestHandler
  /** Fires when the server is about to stop: `/readyz` turns false and long polls end. */
  readonly stopping: AbortSignal
  /** Fails requests whose answers are not as documented; for tests. */
  readonly checkResponses: boolean
}
