import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { webhookWorkflowIdsFor } from '../contract/names.ts'
import type {
  DeliverPageWebhooksInput,
  DeliverWebhooksInput,
  WebhookEvent,
} from '../contract/webhooks.ts'
import { createWebhookCourier } from './webhook-courier.ts'
import { lastPageSignal, pagesSignal, pagesToldSignal, tryNowSignal } from './webhook-signals.ts'

/** Pages that wait to be told; of a receiver further behind, those after them are left out. */
const MAX_WAITING_PAGES = 1_000

/** Longer than any page takes: a document that says nothing for so long was terminated. */
const SILENCE = '8 days'

/** Tells the receiver of a document how it ended, after everything that it is told of pages. */
export async function deliverWebhooks(input: DeliverWebhooksInput): Promise<void> {
  const { documentId, cpuQueue, callback, again } = input
  const courier = createWebhookCourier(cpuQueue)
  const pages = getExternalWorkflowHandle(webhookWorkflowIdsFor(documentId).pages)
  let isWaitingForPages = again === null && callback.events.includes('page.completed')
  setHandler(pagesToldSignal, () => {
    isWaitingForPages = false
  })
  setHandler(tryNowSignal, async () => {
    if (!isWaitingForPages) return courier.tryNow()
    await pages.signal(tryNowSignal).catch(() => undefined)
  })
  if (isWaitingForPages) {
    // Fails where it has ended already.
    const isThere = await pages.signal(lastPageSignal).then(
      () => true,
      () => false,
    )
    // It ends: each of its events is given up at its own time.
    if (isThere) await condition(() => !isWaitingForPages, SILENCE)
    isWaitingForPages = false
  }
  const event = again ?? (await courier.readEnd(documentId, callback.giveUpAfterMs))
  if (event === null || !callback.events.includes(event.type)) return
  await courier.deliver({ documentId, event, isOnDemand: again !== null })
  while (courier.isAskedAgain()) {
    const giveUpAtMs = Date.now() + callback.giveUpAfterMs
    await courier.deliver({ documentId, event: { ...event, giveUpAtMs }, isOnDemand: true })
  }
}

/** Tells the receiver of a document of its pages, in the order in which they ended. */
export async function deliverPageWebhooks(input: DeliverPageWebhooksInput): Promise<void> {
  const { documentId, cpuQueue } = input
  const courier = createWebhookCourier(cpuQueue)
  const waiting: WebhookEvent[] = [...(input.resume?.events ?? [])]
  let isLastKnown = input.resume?.isLastKnown ?? false
  setHandler(pagesSignal, (events) => {
    waiting.push(...events.slice(0, Math.max(0, MAX_WAITING_PAGES - waiting.length)))
  })
  setHandler(lastPageSignal, () => {
    isLastKnown = true
  })
  setHandler(tryNowSignal, () => courier.tryNow())
  for (let isWanted = true; isWanted;) {
    if (waiting.length === 0 && !isLastKnown)
      await condition(() => waiting.length > 0 || isLastKnown, SILENCE)
    const [event] = waiting
    if (event === undefined) break
    isWanted = (await courier.deliver({ documentId, event, isOnDemand: false })) !== 'stopped'
    waiting.shift()
    if (isWanted && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      await continueAsNew<typeof deliverPageWebhooks>({
        ...input,
        resume: { events: waiting, isLastKnown },
      })
    }
  }
  const end = getExternalWorkflowHandle(webhookWorkflowIdsFor(documentId).end)
  let wasLastKnown: boolean
  do {
    wasLastKnown = isLastKnown
    // Fails while nobody waits for it: then the end of the document is still to come.
    await end.signal(pagesToldSignal).catch(() => undefined)
    // Somebody has begun to wait meanwhile.
  } while (wasLastKnown !== isLastKnown)
}
