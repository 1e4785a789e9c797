import {
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  TemporalFailure,
  type ActivityOptions,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { DocumentId } from '../contract/identifiers.ts'
import {
  webhookIdOf,
  type DeliverWebhookInput,
  type DeliverWebhookResult,
  type WebhookEvent,
} from '../contract/webhooks.ts'
import { documentEnd, webhook } from './activity-policies.ts'
import { failureCodeOf } from './failure-code.ts'

/** Brings events to the receiver, one after the other. */
export type WebhookCourier = {
  /** Waits until a document has ended; `null`: nothing is known of it any more. */
  readEnd(documentId: DocumentId, giveUpAfterMs: number): Promise<WebhookEvent | null>
  /**
   * Delivers an event, or gives it up when its time is over.
   *
   * @throws {CancelledFailure} when the workflow is cancelled
   */
  deliver(input: DeliverWebhookInput): Promise<DeliverWebhookResult['outcome'] | 'given up'>
  /** Tries now: what waits for its next try, or else what was delivered last, see `isAskedAgain`. */
  tryNow(): void
  /** Whether it was told so when nothing waited any more. */
  isAskedAgain(): boolean
}

/** Makes a courier for one workflow. */
export function createWebhookCourier(cpuQueue: string): WebhookCourier {
  const run = CancellationScope.current()
  let attempts: CancellationScope | null = null
  let isAskedAgain = false
  const { readDocumentEnd } = proxyActivities<Activities>({ ...documentEnd, taskQueue: cpuQueue })
  return {
    readEnd: (documentId, giveUpAfterMs) => readDocumentEnd({ documentId, giveUpAfterMs }),
    async deliver(input) {
      for (;;) {
        isAskedAgain = false
        attempts = new CancellationScope()
        try {
          const { outcome } = await attempts.run(() => deliverOnce(cpuQueue, input))
          return outcome
        } catch (error) {
          if (run.consideredCancelled || !(error instanceof TemporalFailure)) throw error
          if (isCancellation(error)) continue
          log.info('webhook given up', { code: failureCodeOf(error) })
          return 'given up'
        } finally {
          attempts = null
        }
      }
    },
    tryNow() {
      isAskedAgain = true
      attempts?.cancel()
    },
    isAskedAgain: () => isAskedAgain,
  }
}

function deliverOnce(cpuQueue: string, input: DeliverWebhookInput): Promise<DeliverWebhookResult> {
  const { documentId, event } = input
  const { deliverWebhook } = proxyActivities<Activities>({ ...webhook, taskQueue: cpuQueue })
  const summary = `${event.type}${event.type === 'page.completed' ? ` ${event.page}` : ''}`
  const options = { summary, ...timeFor(event.giveUpAtMs) }
  log.debug('deliver webhook', { webhookId: webhookIdOf(documentId, event) })
  return deliverWebhook.executeWithOptions(options, [input])
}

/** An event whose time went by while others before it were tried gets one try. */
function timeFor(giveUpAtMs: number): ActivityOptions {
  const leftMs = giveUpAtMs - Date.now()
  return leftMs > 0
    ? { scheduleToCloseTimeout: leftMs }
    : { scheduleToCloseTimeout: '1h', retry: { maximumAttempts: 1 } }
}
