import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import type { WorkflowHandle } from '@temporalio/client'
import {
  noCounts,
  SWEEP_EXPIRED,
  SWEEP_START,
  type SweepCounts,
  type SweepInput,
  type SweepStepInput,
  type SweepStepResult,
} from '../../src/contract/sweep.ts'
import { startDocumentWorkflows, type DocumentWorkflows } from '../support/document-workflows.ts'
import { until } from '../support/until.ts'

type Metadata = { readonly currentDetails?: string }

describe('sweepExpired', () => {
  const start = (
    { client, documentsQueue, cpuQueue }: DocumentWorkflows,
    input: SweepInput = {},
  ): Promise<WorkflowHandle> =>
    client.workflow.start(SWEEP_EXPIRED, {
      workflowId: `sweep-${randomUUID()}`,
      taskQueue: documentsQueue,
      args: [{ cpuQueue, ...input }],
    })

  /** Fakes the activity: so many steps, each of which removes one document. */
  const stepping = (steps: number) => {
    const calls: SweepStepInput[] = []
    const sweepStore = async (input: SweepStepInput): Promise<SweepStepResult> => {
      calls.push(input)
      const counts = { ...noCounts(), documents: 1 }
      const next = { phase: 'documents', after: `${calls.length}` } as const
      return { counts, next: calls.length < steps ? next : null }
    }
    return { calls, sweepStore }
  }

  it('goes from step to step, and answers the sum', async () => {
    const { calls, sweepStore } = stepping(3)
    await using workflows = await startDocumentWorkflows(1, { sweepStore })

    const handle = await start(workflows, { resultsDays: 7 })
    const counts: SweepCounts = await handle.result()

    assert.deepEqual(counts, { ...noCounts(), documents: 3 })
    const places = [
      SWEEP_START,
      { phase: 'documents', after: '1' },
      { phase: 'documents', after: '2' },
    ]
    assert.deepEqual(
      calls,
      places.map((place) => ({ rules: { resultsDays: 7 }, dryRun: false, place })),
    )
  })

  it('shows in the UI what it has removed so far', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { calls, sweepStore } = stepping(3)
    await using workflows = await startDocumentWorkflows(1, {
      sweepStore: async (input) => {
        const result = await sweepStore(input)
        if (calls.length === 3) await released
        return result
      },
    })

    const handle = await start(workflows)
    try {
      await until(() => calls.length === 3, 'two steps are done')
      const { currentDetails = '' } = await handle.query<Metadata>('__temporal_workflow_metadata')

      assert.match(currentDetails, /\| removed \| \|/)
      assert.match(currentDetails, /\| documents \| 2 \|/)
    } finally {
      release()
    }
    await handle.result()
  })

  it('hands a dry run on', async () => {
    const { calls, sweepStore } = stepping(1)
    await using workflows = await startDocumentWorkflows(1, { sweepStore })

    const handle = await start(workflows, { dryRun: true })
    await handle.result()

    assert.deepEqual(calls, [{ rules: {}, dryRun: true, place: SWEEP_START }])
  })

  it('goes on as a new run after 20 steps, and loses no number', async () => {
    const { calls, sweepStore } = stepping(25)
    await using workflows = await startDocumentWorkflows(1, { sweepStore })

    const handle = await start(workflows)
    const counts: SweepCounts = await handle.result()

    assert.deepEqual([counts.documents, calls.length], [25, 25])
    const { raw } = await workflows.client.workflow.getHandle(handle.workflowId).describe()
    assert.notEqual(
      raw.workflowExecutionInfo?.firstRunId,
      raw.workflowExecutionInfo?.execution?.runId,
    )
  })
})
