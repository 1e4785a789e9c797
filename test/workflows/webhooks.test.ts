import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { webhookWorkflowIdsFor } from '../../src/contract/names.ts'
import { startDocumentWorkflows } from '../support/document-workflows.ts'
import { causeOf, failure, untilCancelled } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'
import { all, ends, idOf, toldOf, untilToldEnd } from '../support/webhook-workflows.ts'

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

    const handle = await documents.start({ callback: ends(documents) })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(toldOf(documents), ['document.completed'])
    const event = documents.calls.delivered[0]?.event
    assert.ok(event?.type === 'document.completed')
    assert.equal(event.progress.okPages, 3)
    assert.ok(event.giveUpAtMs - event.atMs >= ends(documents).giveUpAfterMs)
  })

  it('tell a failed document', async () => {
    await using documents = await startDocumentWorkflows(1, {
      inspectDocument: async () => {
        throw failure('CORRUPT_PDF')
      },
    })

    const handle = await documents.start({ callback: ends(documents) })
    await causeOf(handle)
    await untilToldEnd(documents, idOf(handle))

    const event = documents.calls.delivered[0]?.event
    assert.ok(event?.type === 'document.failed')
    assert.equal(event.progress.failureCode, 'CORRUPT_PDF')
  })

  it('tell a cancelled document', async () => {
    await using documents = await startDocumentWorkflows(1, { recognizePage: untilCancelled })

    const handle = await documents.start({ callback: ends(documents) })
    await until(async () => (await handle.describe()).historyLength > 10, 'a page is being read')
    await handle.cancel()
    await causeOf(handle)
    await untilToldEnd(documents, idOf(handle))

    assert.equal((await handle.describe()).status.name, 'CANCELLED')
    assert.deepEqual(toldOf(documents), ['document.cancelled'])
  })

  it('tell only what was asked for', async () => {
    await using documents = await startDocumentWorkflows(1)

    const handle = await documents.start({
      callback: { ...ends(documents), events: ['document.failed'] },
    })
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

    const handle = await documents.start({ callback: all(documents), pagesPerRun: 25 })
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

    const callback = { ...all(documents), events: ['page.completed'] } as const
    const handle = await documents.start({ callback })
    await handle.result()
    await untilToldEnd(documents, idOf(handle))

    assert.deepEqual(new Set(toldOf(documents)), new Set([1, 2]))
  })
})
