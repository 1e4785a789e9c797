import type { z } from 'zod'
import type { WebhookDelivery } from '../../contract/webhooks.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'
import { documentPath } from './document-body.ts'
import { readDocumentId, requireDocument, unknownDocument } from './find-document.ts'
import { documentParams } from './schemas.ts'
import { redeliveredSchema, webhooksSchema } from './webhook-schemas.ts'

/** `GET /v1/documents/{id}/webhooks`: what the receiver was told, and how that went. */
export function getWebhooksRoute({ gateway }: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/webhooks',
    tag: 'v1',
    summary: 'Deliveries of webhooks',
    description: 'How the webhooks of a document stand; neither the URL nor bodies are shown.',
    params: documentParams,
    responses: { 200: { description: 'Deliveries', schema: webhooksSchema } },
    failures: ['DOCUMENT_NOT_FOUND'],
    async handler({ params, response }) {
      const documentId = readDocumentId(params.id, response)
      requireDocument(await gateway.status(documentId))
      const webhooks = await gateway.webhooks(documentId)
      if (webhooks === null) throw unknownDocument()
      const deliveries = webhooks.deliveries.map(toDeliveryBody)
      return { status: 200, body: { events: webhooks.events, deliveries } }
    },
  })
}

/** `POST /v1/documents/{id}/webhooks/redeliver`: tells the receiver once more how it ended. */
export function redeliverWebhookRoute({ gateway }: AppDeps): Route {
  return route({
    method: 'post',
    path: '/v1/documents/{id}/webhooks/redeliver',
    tag: 'v1',
    summary: 'Deliver the last webhook again',
    description:
      'Posts how the document ended once more, with the same `webhook-id`; also to a receiver that ' +
      'answered 410. What still waits for its next try is tried now. 409 before the document has ' +
      'ended, 404 `NOT_FOUND` where there is nothing to tell.',
    params: documentParams,
    responses: { 202: { description: 'Will be delivered', schema: redeliveredSchema } },
    failures: ['DOCUMENT_NOT_FOUND', 'NOT_FOUND', 'RESULT_NOT_READY'],
    async handler({ params, response }) {
      const documentId = readDocumentId(params.id, response)
      requireDocument(await gateway.status(documentId))
      await gateway.redeliverWebhook(documentId)
      const headers = { Location: `${documentPath(documentId)}/webhooks` }
      return { status: 202, body: { id: documentId }, headers }
    },
  })
}

function toDeliveryBody(
  delivery: WebhookDelivery,
): z.infer<typeof webhooksSchema>['deliveries'][number] {
  return {
    webhook_id: delivery.webhookId,
    event: delivery.event,
    page: delivery.page,
    state: delivery.state,
    attempts: delivery.attempts,
    last_status: delivery.lastStatus,
    last_code: delivery.lastCode,
    last_tried_at: delivery.lastTriedAt,
    next_try_at: delivery.nextTryAt,
    gives_up_at: delivery.giveUpAt,
  }
}
