import type { DocumentId } from '../contract/identifiers.ts'
import type { WebhookDelivery, WebhookLog } from '../contract/webhooks.ts'
import type { BlobStore } from './blob-store.ts'
import { webhookLogKey } from './object-keys.ts'
import { readJson, writeJson } from './read-blob.ts'

/** Deliveries that are remembered: of a long document with all its pages the last. */
const MAX_DELIVERIES = 100

const NOTHING: WebhookLog = { isStopped: false, deliveries: [] }

/**
 * How the deliveries of a document stand.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function readWebhookLog(
  store: BlobStore,
  documentId: DocumentId,
): Promise<WebhookLog> {
  return (await readJson<WebhookLog>(store, webhookLogKey(documentId))) ?? NOTHING
}

/** What is noted of a try. */
export type WebhookTry = Omit<WebhookDelivery, 'attempts'> & {
  /** The receiver wants no more. */
  readonly isStopped: boolean
}

/**
 * Notes a try. One workflow delivers for a document at a time, so nobody else writes meanwhile.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function noteWebhookTry(
  store: BlobStore,
  documentId: DocumentId,
  { isStopped, ...tried }: WebhookTry,
): Promise<void> {
  const { deliveries, isStopped: wasStopped } = await readWebhookLog(store, documentId)
  const earlier = deliveries.find(({ webhookId }) => webhookId === tried.webhookId)
  const others = deliveries.filter((delivery) => delivery !== earlier)
  const delivery = { ...tried, attempts: (earlier?.attempts ?? 0) + 1 }
  await writeJson(store, webhookLogKey(documentId), {
    // Only an answer that takes a message says that more are wanted.
    isStopped: isStopped || (wasStopped && tried.state !== 'delivered'),
    deliveries: [...others, delivery].slice(-MAX_DELIVERIES),
  } satisfies WebhookLog)
}
