import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow'
import type { ProcessDocumentInput } from '../contract/document.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import {
  DELIVER_PAGE_WEBHOOKS,
  DELIVER_WEBHOOKS,
  webhookWorkflowIdsFor,
} from '../contract/names.ts'
import type {
  CallbackPlan,
  DeliverPageWebhooksInput,
  DeliverWebhooksInput,
  PageEvent,
  WebhookEvent,
} from '../contract/webhooks.ts'
import { fairnessOf } from './activity-policies.ts'
import type { PageEnding } from './read-page.ts'
import { pagesSignal } from './webhook-signals.ts'

/** Tells the webhooks of a document what happens in it. Nothing that goes wrong there matters here. */
export type WebhookTeller = {
  /** A page has ended. */
  page(page: PageNumber, ending: PageEnding): void
  /** Waits until everything has been handed over that was told of pages. */
  flush(): Promise<void>
  /**
   * The document is about to end, and nothing is to be told of pages any more. How it ends is looked
   * up once it has: an accepted cancel may still come between.
   */
  ending(): Promise<void>
}

/** Makes what tells the webhooks; `null` of a document that has none. */
export function createWebhookTeller(input: ProcessDocumentInput): WebhookTeller | null {
  const { callback, documentId } = input
  if (callback === undefined) return null
  const ids = webhookWorkflowIdsFor(documentId)
  const receiver = { documentId, callback, ...fairnessOf(input) }
  const tellsPages = callback.events.includes('page.completed')
  const waiting: WebhookEvent[] = []
  // In the run that continues another one it was started before.
  let isStarted = input.resume !== null
  let isGone = false
  let isEnding = false
  let handingOver: Promise<void> | null = null

  /** One signal at a time, with all that has happened since the one before. */
  async function handOver(): Promise<void> {
    try {
      if (!isStarted) await startPages()
      isStarted = true
      const pages = getExternalWorkflowHandle(ids.pages)
      while (waiting.length > 0) await pages.signal(pagesSignal, waiting.splice(0))
    } catch (error) {
      // The receiver wants no more, or the document is being deleted.
      log.info('no more webhooks of pages', { reason: String(error) })
      isGone = true
    }
    handingOver = null
  }

  function startPages(): Promise<unknown> {
    const args: [DeliverPageWebhooksInput] = [{ ...receiver, resume: null }]
    return startChild(DELIVER_PAGE_WEBHOOKS, { ...CHILD, workflowId: ids.pages, args })
  }

  return {
    page(page, ending) {
      if (!tellsPages || isGone) return
      waiting.push(stamped(callback, pageEvent(page, ending)))
      handingOver ??= CancellationScope.nonCancellable(handOver)
    },
    async flush() {
      while (handingOver !== null) await handingOver
    },
    async ending() {
      if (isEnding) return
      isEnding = true
      await this.flush()
      const args: [DeliverWebhooksInput] = [{ ...receiver, isOnDemand: false }]
      const options = { ...CHILD, workflowId: ids.end, args }
      await CancellationScope.nonCancellable(() => startChild(DELIVER_WEBHOOKS, options)).catch(
        (error: unknown) => log.warn('webhooks not started', { reason: String(error) }),
      )
    },
  }
}

const CHILD = {
  parentClosePolicy: ParentClosePolicy.ABANDON,
  staticSummary: 'webhooks of a document',
} as const

function pageEvent(page: PageNumber, ending: PageEnding): PageEvent {
  const isFailed = typeof ending !== 'string'
  return {
    type: 'page.completed',
    page,
    outcome: isFailed ? 'failed' : ending,
    code: isFailed ? ending.code : null,
  }
}

function stamped({ giveUpAfterMs }: CallbackPlan, event: PageEvent): WebhookEvent {
  const atMs = Date.now()
  return { ...event, atMs, giveUpAtMs: atMs + giveUpAfterMs }
}
