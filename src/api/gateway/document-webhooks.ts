import type { DocumentId } from '../../contract/identifiers.ts'
import type { WebhookDelivery, WebhookEventType } from '../../contract/webhooks.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { readWebhookLog } from '../../storage/webhook-log.ts'
import type { DocumentFacts } from './document-facts.ts'
import type { DocumentQueues } from './document-queues.ts'
import type { StatusReader } from './read-status.ts'
import type { TemporalWebhooks } from './temporal-webhooks.ts'
import { planOf } from './workflow-input.ts'

/** How the webhooks of a document stand. */
export type DocumentWebhooks = {
  /** What its receiver is told; empty: it has none. */
  readonly events: readonly WebhookEventType[]
  /** The last ones, oldest first; an event stands here from its first try. */
  readonly deliveries: readonly WebhookDelivery[]
}

/** What telling of webhooks works with. */
export type WebhookDependencies = {
  readonly store: BlobStore
  readonly facts: DocumentFacts
  readonly statuses: Pick<StatusReader, 'get'>
  readonly webhooks: TemporalWebhooks
  readonly queues: DocumentQueues
  /** How long an event is tried. */
  readonly webhookLifeMs: number
}

/**
 * How the webhooks of a document stand; `null` for an unknown one.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function findDocumentWebhooks(
  { store, facts }: Pick<WebhookDependencies, 'store' | 'facts'>,
  documentId: DocumentId,
): Promise<DocumentWebhooks | null> {
  if (await facts.isDeleted(documentId)) return null
  const request = await facts.request(documentId)
  if (request === null) return null
  const events = request.callback?.events ?? []
  if (events.length === 0) return { events, deliveries: [] }
  const { deliveries } = await readWebhookLog(store, documentId)
  return { events, deliveries: deliveries.map((delivery) => asOf(delivery, Date.now())) }
}

/**
 * Delivers how a document ended once more, and now what still waits for its next try. Its end is that
 * of its run, as everywhere: before, a cancel may still come between.
 *
 * @throws {OcrError} `DOCUMENT_NOT_FOUND`; `NOT_FOUND` when its receiver is told of no such thing;
 *   `RESULT_NOT_READY` before its end; `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE`
 */
export async function redeliverWebhook(
  { facts, statuses, webhooks, queues, webhookLifeMs }: WebhookDependencies,
  documentId: DocumentId,
): Promise<void> {
  const request = (await facts.isDeleted(documentId)) ? null : await facts.request(documentId)
  if (request === null)
    throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot redeliver a webhook: unknown id')
  if (!request.callback) throw nothingToTell('The document was sent without callback_url')
  const status = await statuses.get(documentId)
  if (status === null || status.manifest === null)
    throw new OcrError('RESULT_NOT_READY', 'Cannot redeliver a webhook: the document runs', {
      publicDetail: 'The document has not ended yet',
    })
  const type = `document.${status.manifest.outcome}` as const
  if (!request.callback.events.includes(type))
    throw nothingToTell(`The callback_events of the document have no ${type}`)
  const input = {
    documentId,
    callback: planOf(request.callback, { queues, webhookLifeMs }),
    ...(request.owner === null ? {} : { fairnessKey: request.owner }),
    isOnDemand: true,
  }
  await webhooks.deliverNow(input, queues.documents)
}

function nothingToTell(publicDetail: string): OcrError {
  return new OcrError('NOT_FOUND', 'Cannot redeliver a webhook: there is none', { publicDetail })
}

/** No worker may have been there when its time was over. */
function asOf(delivery: WebhookDelivery, nowMs: number): WebhookDelivery {
  const isOver = delivery.state === 'pending' && Date.parse(delivery.giveUpAt) < nowMs
  return isOver ? { ...delivery, state: 'given_up', nextTryAt: null } : delivery
}
