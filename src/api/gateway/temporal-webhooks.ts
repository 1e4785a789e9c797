import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { DocumentId } from '../../contract/identifiers.ts'
import { DELIVER_WEBHOOKS, WEBHOOK_SIGNAL, webhookWorkflowIdsFor } from '../../contract/names.ts'
import type { DeliverWebhooksInput } from '../../contract/webhooks.ts'
import { temporalError } from './temporal-failure.ts'

const CALL_DEADLINE_MS = 2000

/** The calls to Temporal that concern webhooks, each with a deadline. */
export type TemporalWebhooks = {
  /**
   * Tries what still waits to be delivered now; where nothing does, delivers what is given.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`
   */
  deliverNow(input: DeliverWebhooksInput, taskQueue: string): Promise<void>
  /**
   * Ends all deliveries of a document.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`
   */
  cancel(documentId: DocumentId): Promise<void>
}

/** Wraps the client. */
export function createTemporalWebhooks(client: Client): TemporalWebhooks {
  const call = async (action: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await client.withDeadline(Date.now() + CALL_DEADLINE_MS, work)
    } catch (error) {
      throw temporalError(action, error)
    }
  }
  return {
    deliverNow: (input, taskQueue) =>
      call('deliver webhooks', () =>
        client.workflow.signalWithStart(DELIVER_WEBHOOKS, {
          taskQueue,
          workflowId: webhookWorkflowIdsFor(input.documentId).end,
          args: [input],
          signal: WEBHOOK_SIGNAL.tryNow,
        }),
      ),
    async cancel(documentId) {
      const { end, pages } = webhookWorkflowIdsFor(documentId)
      for (const workflowId of [pages, end])
        try {
          await call('end webhooks', () => client.workflow.getHandle(workflowId).cancel())
        } catch (error) {
          // It has ended, or never began.
          if (!(error instanceof WorkflowNotFoundError)) throw error
        }
    },
  }
}
