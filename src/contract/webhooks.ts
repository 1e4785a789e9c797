import type { DocumentOutcome } from './document.ts'
import type { FailureCode } from './failures.ts'
import type { DocumentId, PageNumber } from './identifiers.ts'
import type { PageStatus } from './page.ts'
import type { Progress } from './progress.ts'

/** What a receiver can be told of. */
export const WEBHOOK_EVENT_TYPES = [
  'document.completed',
  'document.failed',
  'document.cancelled',
  'page.completed',
] as const

/** One of {@link WEBHOOK_EVENT_TYPES}. */
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number]

/** What is told when nobody chose: how the document ended. */
export const DEFAULT_WEBHOOK_EVENTS: readonly WebhookEventType[] = [
  'document.completed',
  'document.failed',
  'document.cancelled',
]

/** Who is told of what. */
export type Callback = {
  /** From a stranger, refused already by what its text shows; it may hold credentials. */
  readonly url: string
  readonly events: readonly WebhookEventType[]
}

/** What workflows know of a {@link Callback}: history must not hold its URL. */
export type CallbackPlan = {
  readonly events: readonly WebhookEventType[]
  /** How long each event is tried. */
  readonly giveUpAfterMs: number
  /** Where it is told. */
  readonly queue: string
}

/** Something that a receiver is told. Numbers and codes only: it stands in history. */
export type WebhookEvent = (DocumentEvent | PageEvent) & {
  /** When it happened, in ms since the epoch. */
  readonly atMs: number
  readonly giveUpAtMs: number
}

/** A document has ended. */
export type DocumentEvent = {
  readonly type: `document.${DocumentOutcome}`
  readonly progress: Progress
}

/** A page has ended. */
export type PageEvent = {
  readonly type: 'page.completed'
  readonly page: PageNumber
  readonly outcome: PageStatus | 'failed'
  readonly code: FailureCode | null
}

/** Input of `deliverWebhooks`: tells the end of a document. */
export type DeliverWebhooksInput = {
  readonly documentId: DocumentId
  readonly callback: CallbackPlan
  /** As the document's own. */
  readonly fairnessKey?: string
  /** Somebody asked to tell it, whatever the receiver answered before. */
  readonly isOnDemand: boolean
}

/** Input of `readDocumentEnd`. */
export type ReadDocumentEndInput = {
  readonly documentId: DocumentId
  readonly giveUpAfterMs: number
}

/** Input of `deliverPageWebhooks`. */
export type DeliverPageWebhooksInput = Omit<DeliverWebhooksInput, 'isOnDemand'> & {
  /** Set by continue-as-new only. */
  readonly resume: {
    readonly events: readonly WebhookEvent[]
    readonly isLastKnown: boolean
  } | null
}

/** Input of the activity `deliverWebhook`. */
export type DeliverWebhookInput = {
  readonly documentId: DocumentId
  readonly event: WebhookEvent
  /** Also to a receiver that wanted no more. */
  readonly isOnDemand: boolean
}

/** Result of `deliverWebhook`; `stopped`: nothing more is to be delivered for this document. */
export type DeliverWebhookResult = { readonly outcome: 'delivered' | 'stopped' }

/** `documents/<id>/webhooks.json`: how the last deliveries of a document stand, oldest first. */
export type WebhookLog = {
  /** The receiver answered 410. */
  readonly isStopped: boolean
  readonly deliveries: readonly WebhookDelivery[]
}

/** How the delivery of one event stands. All times are ISO 8601 in UTC. */
export type WebhookDelivery = {
  readonly webhookId: string
  readonly event: WebhookEventType
  /** Of `page.completed`. */
  readonly page: PageNumber | null
  readonly state: 'pending' | 'delivered' | 'given_up'
  readonly attempts: number
  /** HTTP status of the last answer; `null`: there was none. */
  readonly lastStatus: number | null
  /** Why there was none. */
  readonly lastCode: FailureCode | null
  readonly lastTriedAt: string
  readonly nextTryAt: string | null
  readonly giveUpAt: string
}

/**
 * Id of an event: the same whenever it is told, so that a receiver knows a repetition. Without a
 * full stop, which separates the parts of what is signed.
 */
export function webhookIdOf(documentId: DocumentId, event: DocumentEvent | PageEvent): string {
  const name = event.type === 'page.completed' ? `page-${event.page}` : event.type.slice(9)
  return `evt_${documentId}_${name}`
}
