import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import type { Secret } from '../platform/secret.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { DocumentGateway } from './gateway/document-gateway.ts'

/** Everything that the HTTP side works with. */
export type AppDeps = {
  readonly config: Pick<Config, 'api' | 'engines' | 'dataDirectory'>
  readonly gateway: DocumentGateway
  readonly store: BlobStore
  /** The secret of the store's signed URLs. */
  readonly signingSecret: Secret
  /** Uploads lie here while they arrive. */
  readonly temporaryDirectory: string
  readonly logger: Logger
  /** Fires when the server is about to stop: `/readyz` turns false and long polls end. */
  readonly stopping: AbortSignal
  /** Fails requests whose answers are not as documented; for tests. */
  readonly checkResponses: boolean
}
