import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { CancelledFailure, QueryRejectedError } from '@temporalio/client'
import { PROGRESS_QUERY } from '../../src/contract/names.ts'
import type { ProgressAnswer } from '../../src/contract/progress.ts'
import { startDocumentWorkflows } from '../support/document-workflows.ts'
import { causeOf, failure, memoOf, untilCancelled } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'

describe('processDocument, stopped before its end', () => {
  it('keeps finished pages when it is cancelled, and refuses queries afterwards', async () => {
    await using documents = await startDocumentWorkflows(6, {
      recognizePage: async ({ page }) =>
        page <= 2 ? { status: 'ok', characters: 1, confidencePercent: 1 } : untilCancelled(),
    })
    const handle = await documents.start({ windowPages: 2 })
    await until(
      async () => (await handle.query<ProgressAnswer>(PROGRESS_QUERY)).marks === 'oo....',
      'two pages are done',
    )

    await handle.cancel()
    const cause = await causeOf(handle)

    assert.ok(cause instanceof CancelledFailure)
    assert.equal(documents.calls.assembled[0]?.outcome, 'cancelled')
    assert.equal(documents.calls.assembled[0].marks, 'oo....')
    assert.equal((await handle.describe()).status.name, 'CANCELLED')
    assert.equal((await memoOf(handle))?.phase, 'cancelled')
    await assert.rejects(handle.query(PROGRESS_QUERY), QueryRejectedError)
  })

  it('ends as cancelled when the cancel arrives while the results are written', async () => {
    let isAssembling = false
    await using documents = await startDocumentWorkflows(1, {
      assembleDocument: async ({ outcome }) => {
        isAssembling = true
        return outcome === 'completed' ? untilCancelled() : Promise.reject(failure('BLOB_MISSING'))
      },
    })
    const handle = await documents.start()
    await until(() => isAssembling, 'the results are written')

    await handle.cancel()

    assert.ok((await causeOf(handle)) instanceof CancelledFailure)
  })

  it('delivers what is done when its time is up', async () => {
    await using documents = await startDocumentWorkflows(3, {
      recognizePage: async ({ page }) =>
        page === 1 ? { status: 'ok', characters: 1, confidencePercent: 1 } : untilCancelled(),
    })

    const handle = await documents.start({ deadlineAtMs: Date.now() + 12_000 })
    await handle.result()

    assert.equal(documents.calls.assembled[0]?.marks, 'off')
    assert.deepEqual(documents.calls.assembled[0].failed, [
      { page: 2, code: 'TIME_BUDGET' },
      { page: 3, code: 'TIME_BUDGET' },
    ])
  })

  it('fails as TIME_BUDGET when its time is up before anything is known', async () => {
    await using documents = await startDocumentWorkflows(3, { inspectDocument: untilCancelled })

    const cause = await causeOf(await documents.start({ deadlineAtMs: Date.now() + 300 }))

    assert.ok(cause instanceof ApplicationFailure && cause.type === 'TIME_BUDGET')
  })
})
