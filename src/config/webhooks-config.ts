import type { UrlRules } from '../platform/safe-fetch/url-rules.ts'
import type { Secret } from '../platform/secret.ts'
import type { WebhookEnvironment } from './environment-webhooks.ts'

/** How webhooks are delivered. */
export type WebhooksConfig = {
  /** Each signs; none: webhooks are off. */
  readonly secrets: readonly Secret[]
  /** For one try. */
  readonly timeoutMs: number
  /** Before the second try. */
  readonly firstRetryMs: number
  /** For one event. */
  readonly giveUpAfterMs: number
  /** Where they may be posted to; where files may be fetched from is another matter. */
  readonly urlRules: UrlRules
}

/** Webhooks, as they were set up. */
export function toWebhooksConfig(env: WebhookEnvironment): WebhooksConfig {
  return {
    secrets: env.OCR_WEBHOOK_SECRET ?? [],
    timeoutMs: env.OCR_WEBHOOK_TIMEOUT_S * 1000,
    firstRetryMs: Math.ceil(env.OCR_WEBHOOK_RETRY_S * 1000),
    giveUpAfterMs: env.OCR_WEBHOOK_GIVE_UP_S * 1000,
    urlRules: { allowedHosts: env.OCR_ALLOWED_WEBHOOK_HOSTS, allowedPorts: [] },
  }
}
