import { Webhook } from 'standardwebhooks'
import type { DocumentRequest, Manifest } from '../../contract/document.ts'
import { FAILURES } from '../../contract/failures.ts'
import { pageCountsOf } from '../../contract/progress.ts'
import { webhookIdOf, type DocumentEvent, type WebhookEvent } from '../../contract/webhooks.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/** Failed pages that are named; their number is told whatever it is. */
const MAX_FAILED_PAGES = 100

/** What a message is made of. */
export type MessageFacts = {
  readonly request: DocumentRequest
  /** `null` where the ending could not be written. */
  readonly manifest: Manifest | null
  readonly event: WebhookEvent
}

/** What is posted. */
export type WebhookMessage = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * The message of an event, signed as Standard Webhooks has it: each secret signs, so that a receiver
 * with either accepts it. The same event gives the same body and id at every try, and a new time.
 */
export function signedMessage(
  facts: MessageFacts,
  { secrets, publicUrl }: Pick<WebhookSettings, 'secrets' | 'publicUrl'>,
): WebhookMessage {
  const id = webhookIdOf(facts.request.documentId, facts.event)
  const body = JSON.stringify(messageBody(facts, publicUrl))
  const now = new Date()
  const signatures = secrets.map((secret) => new Webhook(secret.reveal()).sign(id, now, body))
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    },
    body,
  }
}

/** The body of a message: nothing of the document's content or name, and nothing that opens it. */
export function messageBody(facts: MessageFacts, publicUrl: string | null) {
  const { request, event } = facts
  const { documentId } = request
  const url = publicUrl === null ? null : `${publicUrl}/v1/documents/${documentId}`
  const data =
    event.type === 'page.completed'
      ? { document_id: documentId, page: event.page, outcome: event.outcome, code: event.code, url }
      : { ...documentData(facts, event), url }
  return { type: event.type, timestamp: new Date(event.atMs).toISOString(), data }
}

function documentData(
  { request, manifest, event }: MessageFacts,
  { type, progress }: DocumentEvent,
) {
  const { failureCode, startedAtMs } = progress
  return {
    id: request.documentId,
    status: type.slice('document.'.length),
    engine: request.engine,
    created_at: request.createdAt,
    started_at: startedAtMs === null ? null : new Date(startedAtMs).toISOString(),
    completed_at: manifest?.endedAt ?? new Date(event.atMs).toISOString(),
    pages: pageCountsOf(progress),
    failed_pages: (manifest?.failed ?? [])
      .slice(0, MAX_FAILED_PAGES)
      .map(({ page, code }) => ({ page, code })),
    failure:
      failureCode === null ? null : { code: failureCode, title: FAILURES[failureCode].title },
  }
}
