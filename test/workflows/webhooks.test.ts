import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import type { DocumentId } from '../../src/contract/identifiers.ts'
import { documentIdOf, webhookWorkflowIdsFor } from '../../src/contract/names.ts'
import {
  DEFAULT_WEBHOOK_EVENTS,
  WEBHOOK_EVENT_TYPES,
  type CallbackPlan,
  type WebhookEvent,
} from '../../src/contract/webhooks.ts'
import { createTemporalWebhooks } from '../../src/api/gateway/temporal-webhooks.ts'
import { startDocumentWorkflows, type DocumentWorkflows } from '../support/document-workflows.ts'
import { present } from '../support/gateway-fixtures.ts'
import { causeOf, failure, untilCancelled } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const ENDS: CallbackPlan = { events: DEFAULT_WEBHOOK_EVENTS, giveUpAfterMs: DAY_MS }
const ALL: CallbackPlan = { events: WEBHOOK_EVENT_TYPES, giveUpAfterMs: DAY_MS }

/** Events in the order in which they were delivered, pages by their number. */
const namesOf = (events: readonly WebhookEvent[]): (string | number)[] =>
  events.map((event) => (event.type === 'page.completed' ? event.page : event.type))

const toldOf = ({ calls }: DocumentWorkflows): (string | number)[] =>
  namesOf(calls.delivered.map(({ event }) => event))

const idOf = ({ workflowId }: { readonly workflowId: string }): DocumentId =>
  present(documentIdOf(workflowId))

/** Waits for the workflow that tells the end, which outlives the document. */
async function untilToldEnd(documents: DocumentWorkflows, documentId: DocumentId): Promise<void> {
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

describe('webhooks of processDocument', () => {
  it('are none where nobody asked for them', async () => {
    await using documents = await startDocumentWorkflows(1)

    const handle = await documents.start()
    await handle.result()

    const { events } = await handle.fetchHistory()
    assert.ok(!events?.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes))
  })

  it('tell a completed document, with its counts', async () => {
    await using documents = await startDocumentWorkflows(3)

    const handle = await documents.start({ callback: ENDS })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), ['document.completed'])
    const event = documents.calls.delivered[0]?.event
    assert.ok(event?.type === 'document.completed')
    assert.equal(event.progress.okPages, 3)
    assert.ok(event.giveUpAtMs - event.atMs >= DAY_MS)
  })

  it('tell a failed document', async () => {
    await using documents = await startDocumentWorkflows(1, {
      inspectDocument: async () => {
        throw failure('CORRUPT_PDF')
      },
    })

    const handle = await documents.start({ callback: ENDS })
    await causeOf(handle)
    await untilToldEnd(documents, idOf(handle))

    const event = documents.calls.delivered[0]?.event
    assert.ok(event?.type === 'document.failed')
    assert.equal(event.progress.failureCode, 'CORRUPT_PDF')
  })

  it('tell a cancelled document', async () => {
    await using documents = await startDocumentWorkflows(1, { recognizePage: untilCancelled })

    const handle = await documents.start({ callback: ENDS })
    await until(async () => (await handle.describe()).historyLength > 10, 'a page is being read')
    await handle.cancel()
    await causeOf(handle)
    await untilToldEnd(documents, idOf(handle))

    assert.equal((await handle.describe()).status.name, 'CANCELLED')
    assert.deepEqual(toldOf(documents), ['document.cancelled'])
  })

  it('tell only what was asked for', async () => {
    await using documents = await startDocumentWorkflows(1)

    const handle = await documents.start({ callback: { ...ENDS, events: ['document.failed'] } })
    await handle.result()

    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), [])
  })

  it('tell every page before the end, over several runs, with its outcome', async () => {
    await using documents = await startDocumentWorkflows(60, {
      recognizePage: async ({ page }) => {
        if (page === 7) throw failure('TOO_COMPLEX')
        return { status: page === 8 ? 'empty' : 'ok', characters: 1, confidencePercent: null }
      },
    })

    const handle = await documents.start({ callback: ALL, pagesPerRun: 25 })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    const told = toldOf(documents)
    assert.equal(told.at(-1), 'document.completed')
    assert.deepEqual(
      told.slice(0, -1).toSorted((a, b) => Number(a) - Number(b)),
      Array.from({ length: 60 }, (_, place) => place + 1),
    )
    const pages = documents.calls.delivered.map(({ event }) => event)
    const outcomeOf = (page: number) =>
      pages.find((event) => event.type === 'page.completed' && event.page === page)
    assert.partialDeepStrictEqual(outcomeOf(7), { outcome: 'failed', code: 'TOO_COMPLEX' })
    assert.partialDeepStrictEqual(outcomeOf(8), { outcome: 'empty', code: null })
    const { pages: pagesId } = webhookWorkflowIdsFor(idOf(handle))
    const teller = documents.client.workflow.getHandle(pagesId)
    assert.equal((await teller.describe()).status.name, 'COMPLETED')
  })

  it('end the telling of pages although nobody wants to know the end', async () => {
    await using documents = await startDocumentWorkflows(2)

    const callback = { ...ALL, events: ['page.completed'] } as const
    const handle = await documents.start({ callback })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(new Set(toldOf(documents)), new Set([1, 2]))
  })

  it('keep the order although an early event is refused for a while', async () => {
    let refusals = 0
    await using documents = await startDocumentWorkflows(3, {
      deliverWebhook: async (input) => {
        const { event } = input
        if (event.type === 'page.completed' && event.page === 1 && refusals < 2) {
          refusals += 1
          throw again(50)
        }
        documents.calls.delivered.push(input)
        return { outcome: 'delivered' }
      },
    })

    const handle = await documents.start({ callback: ALL, windowPages: 1 })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.equal(refusals, 2)
    assert.deepEqual(toldOf(documents), [1, 2, 3, 'document.completed'])
  })

  it('say nothing more of pages once the receiver wants no more', async () => {
    await using documents = await startDocumentWorkflows(40, {
      deliverWebhook: async (input) => {
        documents.calls.delivered.push(input)
        return { outcome: 'stopped' }
      },
    })

    const handle = await documents.start({ callback: ALL, windowPages: 1, pagesPerRun: 10 })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), [1, 'document.completed'])
  })

  it('give an event up when its time is over, and go on with the next', async () => {
    await using documents = await startDocumentWorkflows(1, {
      deliverWebhook: async (input) => {
        if (input.event.type === 'page.completed') throw again(100)
        documents.calls.delivered.push(input)
        return { outcome: 'delivered' }
      },
    })

    const callback = { ...ALL, giveUpAfterMs: 1_500 }
    const handle = await documents.start({ callback })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), ['document.completed'])
  })

  it('do not keep the document open, and try at once when told to', async () => {
    let isBack = false
    let tries = 0
    await using documents = await startDocumentWorkflows(1, {
      deliverWebhook: async (input) => {
        tries += 1
        if (!isBack) throw again(3_600_000)
        documents.calls.delivered.push(input)
        return { outcome: 'delivered' }
      },
    })
    const handle = await documents.start({ callback: ENDS })
    await handle.result()
    const documentId = idOf(handle)
    await until(() => tries === 1, 'the receiver was asked')

    isBack = true
    await redeliver(documents, documentId)
    await untilToldEnd(documents, documentId)
    await redeliver(documents, documentId)
    await until(() => documents.calls.delivered.length === 2, 'it was told once more')

    const [first, second] = documents.calls.delivered
    assert.equal(first?.event.type, 'document.completed')
    assert.deepEqual([first.isOnDemand, second?.isOnDemand], [false, true])
  })

  it('end with their document', async () => {
    await using documents = await startDocumentWorkflows(1, {
      deliverWebhook: async () => {
        throw again(3_600_000)
      },
    })
    const handle = await documents.start({ callback: ALL })
    await handle.result()
    const ids = webhookWorkflowIdsFor(idOf(handle))
    const statusOf = async (workflowId: string): Promise<string | undefined> =>
      (
        await documents.client.workflow
          .getHandle(workflowId)
          .describe()
          .catch(() => null)
      )?.status.name
    await until(async () => (await statusOf(ids.end)) === 'RUNNING', 'the end is to be told')

    await createTemporalWebhooks(documents.client).cancel(idOf(handle))

    await until(async () => (await statusOf(ids.end)) === 'CANCELLED', 'its telling has ended')
    await until(async () => (await statusOf(ids.pages)) === 'CANCELLED', 'that of pages too')
  })
})

/** What the activity throws for a receiver that does not take an event. */
function again(delayMs: number): ApplicationFailure {
  const type = 'FETCH_FAILED'
  return ApplicationFailure.create({ message: type, type, nextRetryDelay: delayMs })
}

function redeliver(documents: DocumentWorkflows, documentId: DocumentId): Promise<void> {
  const { client, cpuQueue, documentsQueue, calls } = documents
  const { progress } = present(calls.assembled[0])
  const atMs = Date.now()
  const event = { type: 'document.completed', progress, atMs, giveUpAtMs: atMs + DAY_MS } as const
  const input = { documentId, cpuQueue, callback: ENDS, again: event }
  return createTemporalWebhooks(client).deliverNow(input, documentsQueue)
}
