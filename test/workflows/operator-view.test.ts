import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WorkflowHandle } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { startDocumentWorkflows } from '../support/document-workflows.ts'
import { failure } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'

type Metadata = { readonly currentDetails?: string }

/** What the Temporal UI asks for. */
async function detailsOf(handle: WorkflowHandle): Promise<string> {
  const { currentDetails = '' } = await handle.query<Metadata>('__temporal_workflow_metadata')
  return currentDetails.replaceAll('\u00A0', ' ')
}

describe('what the Temporal UI shows of a document', () => {
  it('tells pages under way with their step, failed ones with their code, and what can be done', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await using documents = await startDocumentWorkflows(5, {
      recognizePage: async ({ page, ask }) => {
        if (page === 2) throw failure('IMAGE_TOO_LARGE')
        if (page === 3 && ask === undefined) throw failure('ENGINE_OUTPUT_INVALID')
        if (page === 3) await released
        return { status: page === 4 ? 'empty' : 'ok', characters: 1, confidencePercent: null }
      },
    })

    const handle = await documents.start({ ladder: ['default', 'resample'] })
    try {
      await until(async () => /4 of 5/.test(await detailsOf(handle)), 'four pages are done')
      const details = await detailsOf(handle)

      assert.match(details, /\| phase +\| recognizing \|/)
      assert.match(details, /2 ok, 1 empty, 0 degraded, 1 failed/)
      assert.match(details, /\| 3 +\| resample after ENGINE_OUTPUT_INVALID \|/)
      assert.match(details, /\| 2 +\| `IMAGE_TOO_LARGE` \|/)
      assert.match(details, /temporal workflow cancel --workflow-id document-/)
    } finally {
      release()
    }
    await handle.result()
  })

  it('gives every step a summary', async () => {
    await using documents = await startDocumentWorkflows(3)

    const handle = await documents.start({ documentSha256: null })
    await handle.result()

    const { events } = await handle.fetchHistory()
    const steps = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes)
    const summaries = steps.map(({ userMetadata }) =>
      userMetadata?.summary
        ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary)
        : '',
    )
    assert.deepEqual(
      new Set(summaries),
      new Set([
        'count and measure the pages',
        'draw page 1',
        'draw pages 2-3',
        'fetch the file',
        'page 1 of 3',
        'page 2 of 3',
        'page 3 of 3',
        'write results and manifest',
      ]),
    )
  })
})
