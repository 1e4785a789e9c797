import type { EngineId } from '../contract/engines.ts'
import type { OcrEngine } from '../engines/engine.ts'
import type { UrlRules } from '../platform/safe-fetch/url-rules.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { ActivityMetrics } from './activity-metrics.ts'
import type { WebhookSettings } from './webhooks/webhook-settings.ts'

/** What the activities of a worker share. */
export type ActivityDependencies = {
  readonly store: BlobStore
  /** The engine of an id, made at its first use; throws `ENGINE_MISCONFIGURED` where it is not set up. */
  readonly engineFor: (id: EngineId) => OcrEngine
  /** Version of an engine; `null` where it is not set up, for those who only look for its pages. */
  readonly engineVersionOf: (id: EngineId) => string | null
  /** What may be fetched for strangers. */
  readonly urlRules: UrlRules
  /** Where uploads and page images are laid for the guarded children. */
  readonly temporaryDirectory: string
  /** Absent: none are delivered. */
  readonly webhooks?: WebhookSettings
  /** Absent: nothing is counted. */
  readonly metrics?: ActivityMetrics
}
