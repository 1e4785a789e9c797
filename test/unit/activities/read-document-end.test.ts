import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowNotFoundError } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { createActivities } from '../../../src/activities/index.ts'
import {
  readDocumentEnd,
  type DescribeRun,
  type EndSources,
} from '../../../src/activities/webhooks/read-document-end.ts'
import { MEMO, workflowIdFor } from '../../../src/contract/names.ts'
import { sampleManifest } from '../../support/document-status.ts'
import { ID } from '../../support/gateway-fixtures.ts'

const INPUT = { documentId: ID, giveUpAfterMs: 60_000 }
const manifest = sampleManifest()

type Run = Awaited<ReturnType<DescribeRun>>

const runWith = (name: Run['status']['name']): Run => ({
  status: { code: 0, name },
  memo: { [MEMO.progress]: manifest.progress },
  closeTime: new Date('2024-03-07T10:01:02.000Z'),
})

const sourcesOf = (run: Run | null, change: Partial<EndSources> = {}): EndSources => ({
  describe: async () => {
    if (run === null) throw new WorkflowNotFoundError('gone', workflowIdFor(ID), undefined)
    return run
  },
  manifest: async () => null,
  attempt: 1,
  ...change,
})

describe('readDocumentEnd', () => {
  it('tells how the run ended, whatever a manifest says', async () => {
    const end = await readDocumentEnd(
      INPUT,
      sourcesOf(runWith('CANCELLED'), { manifest: async () => manifest }),
    )

    assert.partialDeepStrictEqual(end, {
      type: 'document.cancelled',
      progress: manifest.progress,
      atMs: Date.parse('2024-03-07T10:01:02.000Z'),
    })
    assert.ok((end?.giveUpAtMs ?? 0) > Date.now())
  })

  it('tells a terminated document as a failed one', async () => {
    assert.equal(
      (await readDocumentEnd(INPUT, sourcesOf(runWith('TERMINATED'))))?.type,
      'document.failed',
    )
  })

  it('is tried again while the document runs, later each time', async () => {
    const failureAt = async (attempt: number): Promise<ApplicationFailure> => {
      const reading = readDocumentEnd(INPUT, sourcesOf(runWith('RUNNING'), { attempt }))
      const error: unknown = await reading.catch((thrown: unknown) => thrown)
      assert.ok(error instanceof ApplicationFailure)
      return error
    }

    const [first, eighth] = [await failureAt(1), await failureAt(8)]

    assert.deepEqual([first.type, first.nextRetryDelay], ['RESULT_NOT_READY', 100])
    assert.equal(eighth.nextRetryDelay, 10_000)
  })

  it('tells a document that Temporal has forgotten as its manifest has it', async () => {
    const end = await readDocumentEnd(
      INPUT,
      sourcesOf(null, { manifest: async () => sampleManifest({ outcome: 'failed' }) }),
    )

    assert.equal(end?.type, 'document.failed')
    assert.equal(end.atMs, Date.parse(manifest.endedAt))
  })

  it('tells nothing of what nobody knows', async () => {
    assert.equal(await readDocumentEnd(INPUT, sourcesOf(null)), null)
  })

  it('does not wait for a Temporal that does not answer', async () => {
    const deadlines: number[] = []
    const client = {
      workflow: { getHandle: () => ({ describe: async () => runWith('COMPLETED') }) },
      withAbortSignal: (_signal: AbortSignal, work: () => Promise<unknown>) => work(),
      withDeadline: (deadline: number, work: () => Promise<unknown>) => {
        deadlines.push(deadline - Date.now())
        return work()
      },
    }
    // No more of a client is used.
    const environment = new MockActivityEnvironment({}, { client: client as never })
    const { readDocumentEnd: activity } = createActivities({} as never)

    const end = await environment.run(activity, INPUT)

    assert.partialDeepStrictEqual(end, { type: 'document.completed' })
    assert.equal(deadlines.length, 1)
    assert.ok((deadlines[0] ?? 0) > 0 && (deadlines[0] ?? 0) <= 5_000)
  })
})
