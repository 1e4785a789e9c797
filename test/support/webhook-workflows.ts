import { ApplicationFailure } from '@temporalio/activity'
import { createTemporalWebhooks } from '../../src/api/gateway/temporal-webhooks.ts'
import type { DocumentId } from '../../src/contract/identifiers.ts'
import { documentIdOf, webhookWorkflowIdsFor } from '../../src/contract/names.ts'
import {
  DEFAULT_WEBHOOK_EVENTS,
  WEBHOOK_EVENT_TYPES,
  type CallbackPlan,
  type WebhookEvent,
} from '../../src/contract/webhooks.ts'
import type { DocumentWorkflows } from './document-workflows.ts'
import { present } from './gateway-fixtures.ts'
import { until } from './until.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Tells the end. */
export const ends = ({ webhooksQueue }: DocumentWorkflows): CallbackPlan => ({
  events: DEFAULT_WEBHOOK_EVENTS,
  giveUpAfterMs: DAY_MS,
  queue: webhooksQueue,
})
/** Tells all that there is. */
export const all = (documents: DocumentWorkflows): CallbackPlan => ({
  ...ends(documents),
  events: WEBHOOK_EVENT_TYPES,
})

/** Events in the order in which they were delivered, pages by their number. */
const namesOf = (events: readonly WebhookEvent[]): (string | number)[] =>
  events.map((event) => (event.type === 'page.completed' ? event.page : event.type))

/** What was delivered. */
export const toldOf = ({ calls }: DocumentWorkflows): (string | number)[] =>
  namesOf(calls.delivered.map(({ event }) => event))

/** The document of a handle. */
export const idOf = ({ workflowId }: { readonly workflowId: string }): DocumentId =>
  present(documentIdOf(workflowId))

/** Waits for the workflow that tells the end, which outlives the document. */
export async function untilToldEnd(
  documents: DocumentWorkflows,
  documentId: DocumentId,
): Promise<void> {
  const { end } = webhookWorkflowIdsFor(documentId)
  const isClosed = async (): Promise<boolean> => {
    const found = await documents.client.workflow
      .getHandle(end)
      .describe()
      .catch(() => null)
    return found !== null && found.status.name !== 'RUNNING'
  }
  await until(isClosed, 'the end was told')
}

/** What the activity throws for a receiver that does not take an event. */
export function again(delayMs: number): ApplicationFailure {
  const type = 'FETCH_FAILED'
  return ApplicationFailure.create({ message: type, type, nextRetryDelay: delayMs })
}

/** Asks for the end once more. */
export function redeliver(documents: DocumentWorkflows, documentId: DocumentId): Promise<void> {
  const { client, documentsQueue } = documents
  const input = { documentId, callback: ends(documents), isOnDemand: true }
  return createTemporalWebhooks(client).deliverNow(input, documentsQueue)
}
