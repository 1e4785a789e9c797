import { Counter, Histogram, type Registry } from '@prometheus-io/client'
import type { EngineId } from '../contract/engines.ts'
import type { FailureCode, FailureKind } from '../contract/failures.ts'
import type { PageStatus, Usage } from '../contract/page.ts'
import { safely } from '../platform/metrics/safely.ts'

/** An attempt of an activity that ended badly; cancelled and shut down ones are none. */
export type FailedAttempt = {
  readonly activity: string
  /** `null`: the activity concerns no single engine. */
  readonly engine: EngineId | null
  readonly kind: FailureKind
  readonly code: FailureCode
  /** Tokens that it cost all the same. */
  readonly usage: Usage | null
}

/** A page that an engine has read. */
export type ReadPage = {
  readonly engine: EngineId
  readonly outcome: PageStatus
  readonly seconds: number
  readonly usage: Usage | null
}

/** Whether the receiver took it; `given_up`: he wants no more, or was away for too long. */
export type WebhookOutcome = 'delivered' | 'given_up'

/** What activities tell of their work; never throws. */
export type ActivityMetrics = {
  pageRead(page: ReadPage): void
  /** A page that an earlier run or another document had read is taken over. */
  pageReused(engine: EngineId): void
  /** A page that is given up, told when its document ends. */
  pageFailed(engine: EngineId, code: FailureCode): void
  attemptFailed(attempt: FailedAttempt): void
  /** A webhook will not be tried any more. */
  webhookEnded(outcome: WebhookOutcome): void
}

/** From a tenth of a second (built-in engine, small image) to the longest that a page may take. */
const PAGE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600]

/** Makes the counters of a worker process in its registry. */
export function createActivityMetrics(registry: Registry): ActivityMetrics {
  const registers = [registry]
  const pages = new Counter({
    name: 'ocr_pages_total',
    help: 'Pages that ended, by outcome (ok, empty, degraded, failed); code: why they failed',
    labelNames: ['engine', 'outcome', 'code'],
    registers,
  })
  const reused = new Counter({
    name: 'ocr_pages_reused_total',
    help: 'Pages that were in the store already',
    labelNames: ['engine'],
    registers,
  })
  const seconds = new Histogram({
    name: 'ocr_page_duration_seconds',
    help: 'Time from the start of the attempt that read a page to its record in the store',
    labelNames: ['engine'],
    buckets: PAGE_SECONDS,
    registers,
  })
  const failures = new Counter({
    name: 'ocr_attempt_failures_total',
    help: 'Attempts of activities that failed, by retry class and code',
    labelNames: ['activity', 'engine', 'kind', 'code'],
    registers,
  })
  const tokens = new Counter({
    name: 'ocr_tokens_total',
    help: 'Tokens that model servers charged for, failed attempts included',
    labelNames: ['engine', 'direction'],
    registers,
  })
  const webhooks = new Counter({
    name: 'ocr_webhooks_total',
    help: 'Webhooks that are not tried any more, by outcome (delivered, given_up)',
    labelNames: ['outcome'],
    registers,
  })
  const spend = (engine: EngineId, usage: Usage | null): void => {
    if (usage === null) return
    tokens.inc({ engine, direction: 'prompt' }, usage.promptTokens)
    tokens.inc({ engine, direction: 'completion' }, usage.completionTokens)
  }
  return {
    pageRead: (page) =>
      safely(() => {
        pages.inc({ engine: page.engine, outcome: page.outcome, code: '' })
        seconds.observe({ engine: page.engine }, page.seconds)
        spend(page.engine, page.usage)
      }),
    pageReused: (engine) => safely(() => reused.inc({ engine })),
    pageFailed: (engine, code) => safely(() => pages.inc({ engine, outcome: 'failed', code })),
    attemptFailed: ({ activity, engine, kind, code, usage }) =>
      safely(() => {
        failures.inc({ activity, engine: engine ?? '', kind, code })
        if (engine !== null) spend(engine, usage)
      }),
    webhookEnded: (outcome) => safely(() => webhooks.inc({ outcome })),
  }
}
