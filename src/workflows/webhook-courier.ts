import {
  CancellationScope,
  log,
  proxyActivities,
  TemporalFailure,
  type ActivityOptions,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import {
  webhookIdOf,
  type DeliverWebhookResult,
  type DeliverWebhooksInput,
  type WebhookEvent,
} from '../contract/webhooks.ts'
import { documentEnd, fairnessOf, inTurn, webhook } from './activity-policies.ts'
import { failureCodeOf } from './failure-code.ts'

/** What became of an event. */
export type CourierOutcome = DeliverWebhookResult['outcome'] | 'given up' | 'asked again'

/** Brings events to the receiver of a document, one after the other. */
export type WebhookCourier = {
  /** Waits until the document has ended; `null`: nothing is known of it any more. */
  readEnd(): Promise<WebhookEvent | null>
  /**
   * Delivers an event, or gives it up when its time is over; `asked again`: it was neither, for it is
   * to be tried now.
   *
   * @param isOnDemand Also to a receiver that wanted no more
   * @throws {CancelledFailure} when the workflow is cancelled
   */
  deliver(event: WebhookEvent, isOnDemand: boolean): Promise<CourierOutcome>
  /** Ends the waiting for the next try. */
  tryNow(): void
  /** Whether it was told so since the last `deliver` began. */
  isAskedAgain(): boolean
}

/** Makes a courier for one workflow. */
export function createWebhookCourier(
  receiver: Omit<DeliverWebhooksInput, 'isOnDemand'>,
): WebhookCourier {
  const { documentId, callback } = receiver
  const run = CancellationScope.current()
  const onQueue = (policy: ActivityOptions): ActivityOptions => ({
    ...inTurn(policy, fairnessOf(receiver)),
    taskQueue: callback.queue,
  })
  const { readDocumentEnd } = proxyActivities<Activities>(onQueue(documentEnd))
  const { deliverWebhook } = proxyActivities<Activities>(onQueue(webhook))
  let attempts: CancellationScope | null = null
  let isAskedAgain = false
  return {
    readEnd: () => readDocumentEnd({ documentId, giveUpAfterMs: callback.giveUpAfterMs }),
    async deliver(event, isOnDemand) {
      const summary = `${event.type}${event.type === 'page.completed' ? ` ${event.page}` : ''}`
      const options = { summary, ...timeFor(event.giveUpAtMs) }
      log.debug('deliver webhook', { webhookId: webhookIdOf(documentId, event) })
      isAskedAgain = false
      attempts = new CancellationScope()
      try {
        const { outcome } = await attempts.run(() =>
          deliverWebhook.executeWithOptions(options, [{ documentId, event, isOnDemand }]),
        )
        return outcome
      } catch (error) {
        if (run.consideredCancelled || !(error instanceof TemporalFailure)) throw error
        // Whatever became of the try that was under way then.
        if (isAskedAgain) return 'asked again'
        log.info('webhook given up', { code: failureCodeOf(error) })
        return 'given up'
      } finally {
        attempts = null
      }
    },
    tryNow() {
      isAskedAgain = true
      attempts?.cancel()
    },
    isAskedAgain: () => isAskedAgain,
  }
}

/** An event whose time went by while others before it were tried gets one try. */
function timeFor(giveUpAtMs: number): ActivityOptions {
  const leftMs = giveUpAtMs - Date.now()
  return leftMs > 0
    ? { scheduleToCloseTimeout: leftMs }
    : { scheduleToCloseTimeout: '1h', retry: { maximumAttempts: 1 } }
}
