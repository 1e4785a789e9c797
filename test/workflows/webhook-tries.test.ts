import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { heartbeat } from '@temporalio/activity'
import { createTemporalWebhooks } from '../../src/api/gateway/temporal-webhooks.ts'
import { parseBlobKey } from '../../src/contract/identifiers.ts'
import { webhookWorkflowIdsFor } from '../../src/contract/names.ts'
import { startDocumentWorkflows } from '../support/document-workflows.ts'
import { present } from '../support/gateway-fixtures.ts'
import { untilCancelled } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'
import {
  again,
  all,
  ends,
  idOf,
  redeliver,
  toldOf,
  untilToldEnd,
} from '../support/webhook-workflows.ts'

const manifestKey = present(parseBlobKey('documents/fake/manifest.json'))

describe('tries of a webhook', () => {
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

    const handle = await documents.start({ callback: all(documents), windowPages: 1 })
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

    const handle = await documents.start({
      callback: all(documents),
      windowPages: 1,
      pagesPerRun: 10,
    })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), [1, 'document.completed'])
  })

  it('give an event up when its time is over, and go on with the next', async () => {
    await using documents = await startDocumentWorkflows(1, {
      assembleDocument: async () => {
        // The end has as much time as the page, from then on.
        await beat(5_000)
        return { manifestKey, resultSha256: 'aa' }
      },
      deliverWebhook: async (input) => {
        if (input.event.type === 'page.completed') throw again(100)
        documents.calls.delivered.push(input)
        return { outcome: 'delivered' }
      },
    })

    const callback = { ...all(documents), giveUpAfterMs: 6_000 }
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
    const handle = await documents.start({ callback: ends(documents) })
    await handle.result()
    const documentId = idOf(handle)
    await until(() => tries === 1, 'the receiver was asked')

    isBack = true
    await redeliver(documents, documentId)
    await untilToldEnd(documents, documentId)
    await redeliver(documents, documentId)
    await until(() => documents.calls.delivered.length === 2, 'it was told once more')

    const events = documents.calls.delivered.map(({ event, isOnDemand }) => [
      event.type,
      isOnDemand,
    ])
    assert.deepEqual(events, [
      ['document.completed', true],
      ['document.completed', true],
    ])
  })

  it('wait for the end of a try before the next, although somebody asks for one now', async () => {
    let underWay = 0
    let most = 0
    let tries = 0
    await using documents = await startDocumentWorkflows(1, {
      deliverWebhook: async (input) => {
        underWay += 1
        most = Math.max(most, underWay)
        tries += 1
        try {
          if (tries === 1) await untilCancelledSlowly()
        } finally {
          underWay -= 1
        }
        documents.calls.delivered.push(input)
        return { outcome: 'delivered' }
      },
    })
    const handle = await documents.start({ callback: ends(documents) })
    await handle.result()
    await until(() => tries === 1, 'the receiver was asked')

    await redeliver(documents, idOf(handle))
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual([tries, most, toldOf(documents)], [2, 1, ['document.completed']])
  })

  it('tell a terminated document on demand, and pages that wait before it', async () => {
    await using documents = await startDocumentWorkflows(2, {
      recognizePage: async (input) =>
        input.page === 1
          ? { status: 'ok', characters: 1, confidencePercent: null }
          : await untilCancelled(),
    })
    const callback = all(documents)
    const handle = await documents.start({ callback })
    await until(() => documents.calls.delivered.length === 1, 'page 1 was told')
    await handle.terminate()

    const input = { documentId: idOf(handle), callback, isOnDemand: true }
    await createTemporalWebhooks(documents.client).deliverNow(input, documents.documentsQueue)
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), [1, 'document.failed'])
  })

  it('end with their document', async () => {
    await using documents = await startDocumentWorkflows(1, {
      deliverWebhook: async () => {
        throw again(3_600_000)
      },
    })
    const handle = await documents.start({ callback: all(documents) })
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

/** Takes so long, alive all the time. */
async function beat(ms: number): Promise<void> {
  for (let beats = 0; beats < ms / 100; beats++) {
    heartbeat()
    await setTimeout(100)
  }
}

/** A try that takes its time to end when it is told to. */
async function untilCancelledSlowly(): Promise<void> {
  try {
    await untilCancelled()
  } finally {
    await setTimeout(500)
  }
}
