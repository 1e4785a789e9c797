import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { startDocumentWorkflows } from '../support/document-workflows.ts'
import { causeOf, failure, memoOf, untilCancelled } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'

describe('processDocument', () => {
  it('recognizes every page once and assembles them', async () => {
    await using documents = await startDocumentWorkflows(5, {
      recognizePage: async ({ page }) => ({
        status: page === 2 ? 'empty' : page === 3 ? 'degraded' : 'ok',
        characters: 1,
        confidencePercent: null,
      }),
    })

    const handle = await documents.start()
    const result = (await handle.result()) as object

    assert.deepEqual(result, {
      totalPages: 5,
      failedPages: 0,
      manifestKey: 'documents/fake/manifest.json',
      resultSha256: 'aa',
    })
    assert.equal(documents.calls.assembled[0]?.marks, 'oedoo')
    assert.deepEqual(
      documents.calls.drawn.flat().toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5],
    )
    const progress = await memoOf(handle)
    assert.equal(progress?.phase, 'completed')
    assert.equal(progress.donePages, 5)
    assert.equal(progress.startedAtMs, 1_700_000_000_000)
  })

  it('delivers the others when pages fail', async () => {
    await using documents = await startDocumentWorkflows(4, {
      rasterizePages: async ({ pages }) => ({
        failed: pages.includes(2) ? [{ page: 2, code: 'PAGE_TOO_LARGE' }] : [],
      }),
      recognizePage: async ({ page }) => {
        if (page === 4) throw failure('TOO_COMPLEX')
        return { status: 'ok', characters: 1, confidencePercent: 1 }
      },
    })

    const handle = await documents.start()
    await handle.result()

    const assembled = documents.calls.assembled[0]
    assert.equal(assembled?.marks, 'ofof')
    assert.equal(assembled.outcome, 'completed')
    assert.deepEqual(assembled.failed, [
      { page: 2, code: 'PAGE_TOO_LARGE' },
      { page: 4, code: 'TOO_COMPLEX' },
    ])
  })

  it('fails with the first page’s code when no page was delivered', async () => {
    await using documents = await startDocumentWorkflows(2, {
      recognizePage: async () => {
        throw failure('IMAGE_TOO_LARGE')
      },
    })

    const handle = await documents.start()
    const cause = await causeOf(handle)

    assert.ok(cause instanceof ApplicationFailure)
    assert.equal(cause.type, 'IMAGE_TOO_LARGE')
    assert.equal(documents.calls.assembled[0]?.outcome, 'failed')
    assert.equal((await memoOf(handle))?.failureCode, 'IMAGE_TOO_LARGE')
  })

  it('fails with the inspection’s code and still writes its ending', async () => {
    await using documents = await startDocumentWorkflows(0, {
      inspectDocument: async () => {
        throw failure('ENCRYPTED_PDF')
      },
    })

    const handle = await documents.start()
    const cause = await causeOf(handle)

    assert.ok(cause instanceof ApplicationFailure && cause.type === 'ENCRYPTED_PDF')
    const assembled = documents.calls.assembled[0]
    assert.equal(assembled?.outcome, 'failed')
    assert.equal(assembled.progress.failureCode, 'ENCRYPTED_PDF')
  })

  it('ends as failed although its ending cannot be written', async () => {
    await using documents = await startDocumentWorkflows(0, {
      inspectDocument: async () => {
        throw failure('CORRUPT_PDF')
      },
      assembleDocument: async () => {
        throw failure('BLOB_MISSING')
      },
    })

    const cause = await causeOf(await documents.start())

    assert.ok(cause instanceof ApplicationFailure && cause.type === 'CORRUPT_PDF')
  })

  it('continues as new every few pages without losing or repeating one', async () => {
    await using documents = await startDocumentWorkflows(8, {
      rasterizePages: async ({ pages }) => ({
        failed: pages.includes(2) ? [{ page: 2, code: 'CORRUPT_PDF' }] : [],
      }),
    })

    const handle = await documents.start({ pagesPerRun: 3, windowPages: 2 })
    await handle.result()

    assert.deepEqual(
      documents.calls.recognized.toSorted((a, b) => a - b),
      [1, 3, 4, 5, 6, 7, 8],
    )
    assert.equal(documents.calls.assembled.length, 1)
    assert.equal(documents.calls.assembled[0]?.marks, 'ofoooooo')
    const { workflowId } = handle
    const runs = documents.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })
    assert.equal((await Array.fromAsync(runs)).length, 3)
  })

  it('recognizes only the selected pages', async () => {
    await using documents = await startDocumentWorkflows(9)

    const handle = await documents.start({
      pages: [
        [2, 3],
        [9, 20],
      ],
    })
    await handle.result()

    assert.deepEqual(
      documents.calls.drawn.flat().toSorted((a, b) => a - b),
      [2, 3, 9],
    )
    assert.equal(documents.calls.assembled[0]?.marks, 'ooo')
  })

  it('fails when none of the selected pages exists', async () => {
    await using documents = await startDocumentWorkflows(2)

    const cause = await causeOf(await documents.start({ pages: [[5, 6]] }))

    assert.ok(cause instanceof ApplicationFailure && cause.type === 'PAGES_OUT_OF_RANGE')
  })

  it('loses one page, not its batch, when drawing the batch keeps failing', async () => {
    await using documents = await startDocumentWorkflows(5, {
      rasterizePages: async ({ pages }) => {
        if (pages.includes(4)) throw failure('PAGE_POISON')
        return { failed: [] }
      },
    })

    await (await documents.start()).result()

    assert.equal(documents.calls.assembled[0]?.marks, 'ooofo')
    assert.deepEqual(documents.calls.assembled[0].failed, [{ page: 4, code: 'PAGE_POISON' }])
  })

  it('tells its progress without any worker', async () => {
    await using documents = await startDocumentWorkflows(2, {
      recognizePage: async ({ page }) =>
        page === 1 ? { status: 'ok', characters: 1, confidencePercent: 1 } : untilCancelled(),
    })
    const handle = await documents.start()
    await until(async () => (await memoOf(handle))?.donePages === 1, 'one page is done')

    await documents.stopWorkers()

    assert.deepEqual(await memoOf(handle), {
      phase: 'recognizing',
      totalPages: 2,
      donePages: 1,
      okPages: 1,
      emptyPages: 0,
      degradedPages: 0,
      failedPages: 0,
      failureCode: null,
      startedAtMs: 1_700_000_000_000,
    })
    await handle.terminate()
  })

  it('retries a page whose worker is busy and then counts it once', async () => {
    let attempts = 0
    await using documents = await startDocumentWorkflows(1, {
      recognizePage: async () => {
        attempts += 1
        if (attempts < 3)
          throw ApplicationFailure.create({
            type: 'STORAGE_UNAVAILABLE',
            message: 'STORAGE_UNAVAILABLE',
            nextRetryDelay: 50,
          })
        return { status: 'ok', characters: 1, confidencePercent: 1 }
      },
    })

    await (await documents.start()).result()

    assert.equal(attempts, 3)
    assert.equal(documents.calls.assembled[0]?.marks, 'o')
  })

  it('stays open when its own code breaks, so that a fix lets it go on', async () => {
    await using documents = await startDocumentWorkflows(1)

    // A page selection that is no list makes the code throw a TypeError.
    const handle = await documents.start({ pages: 5 as never })
    await until(
      async () => ((await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0) >= 2,
      'the workflow task was retried',
    )

    assert.equal((await handle.describe()).status.name, 'RUNNING')
    await handle.terminate()
  })
})
