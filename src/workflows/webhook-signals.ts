import { defineSignal } from '@temporalio/workflow'
import { WEBHOOK_SIGNAL } from '../contract/names.ts'
import type { WebhookEvent } from '../contract/webhooks.ts'

/** Pages have ended. */
export const pagesSignal = defineSignal<[readonly WebhookEvent[]]>(WEBHOOK_SIGNAL.pages)

/** No more pages will end. */
export const lastPageSignal = defineSignal(WEBHOOK_SIGNAL.lastPage)

/** Nothing is left to be told of pages. */
export const pagesToldSignal = defineSignal(WEBHOOK_SIGNAL.pagesTold)

/** What waits for its next try is tried now. */
export const tryNowSignal = defineSignal(WEBHOOK_SIGNAL.tryNow)
