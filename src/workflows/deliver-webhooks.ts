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
  const { documentId, callback } = input
  const courier = createWebhookCourier(input)
  const pages = getExternalWorkflowHandle(webhookWorkflowIdsFor(documentId).pages)
  let isWaitingForPages = callback.events.includes('page.completed')
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
    if (isThere) await condition(() => !isWaitingForPages || isLong(), SILENCE)
    if (isThere && isWaitingForPages && isLong()) return goOn(input)
    isWaitingForPages = false
  }
  const event = await courier.readEnd()
  if (event === null || !callback.events.includes(event.type)) return
  await courier.deliver(event, input.isOnDemand)
  while (courier.isAskedAgain()) {
    if (isLong()) return goOn({ ...input, isOnDemand: true })
    const giveUpAtMs = Date.now() + callback.giveUpAfterMs
    await courier.deliver({ ...event, giveUpAtMs }, true)
  }
}

/** Whoever asks again and again makes a history long. */
function isLong(): boolean {
  return workflowInfo().continueAsNewSuggested
}

async function goOn(input: DeliverWebhooksInput): Promise<void> {
  await condition(allHandlersFinished)
  await continueAsNew<typeof deliverWebhooks>(input)
}

/** Tells the receiver of a document of its pages, in the order in which they ended. */
export async function deliverPageWebhooks(input: DeliverPageWebhooksInput): Promise<void> {
  const { documentId } = input
  const courier = createWebhookCourier(input)
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
    const outcome = await courier.deliver(event, false)
    if (outcome !== 'asked again') waiting.shift()
    isWanted = outcome !== 'stopped'
    if (isWanted && isLong()) {
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
