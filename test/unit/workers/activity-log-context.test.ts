import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import { activityLogContext } from '../../../src/workers/activity-log-context.ts'

const ID = '0bd622f4-542c-48c5-a9bc-e84e8f7a1158'

/** What is put on the lines of an activity of a workflow, called with one argument. */
async function attributesOf(workflowId: string, argument: unknown): Promise<object> {
  const workflowExecution = { workflowId, runId: 'r' }
  const { context } = new MockActivityEnvironment({ workflowExecution })
  const { inbound, outbound } = activityLogContext(context)
  await inbound?.execute?.({ args: [argument], headers: {} }, async () => undefined)
  return outbound?.getLogAttributes?.({ attempt: 2 }, (attributes) => attributes) ?? {}
}

describe('activityLogContext', () => {
  it('names document, page and engine, and nothing else of the input', async () => {
    const input = { documentId: ID, page: 17, engine: 'llm', fileName: 'canary.pdf' }

    const attributes = await attributesOf(`document-${ID}`, input)

    assert.deepEqual(attributes, { attempt: 2, documentId: ID, pageNumber: 17, engine: 'llm' })
  })

  it('leaves out what an activity does not have', async () => {
    assert.deepEqual(await attributesOf(`document-${ID}`, {}), { attempt: 2, documentId: ID })
    assert.deepEqual(await attributesOf('another', null), { attempt: 2 })
  })
})
