import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { useKillRun } from '../support/kill-run.ts'
import { statusOf, submitDocument } from '../support/stack-client.ts'

describe('kill -9 of the worker', () => {
  const run = useKillRun()

  it('loses nothing and repeats at most the pages in flight', async () => {
    const stack = run.stack()
    const id = await submitDocument(stack.url, run.newDocument())
    await run.untilPagesDone(id, 12)

    await stack.worker.end('SIGKILL')
    assert.equal((await statusOf(stack.url, id)).status, 'processing')
    stack.worker.start()

    await run.assertWhole(id)
    await run.assertFewRepeated()
  })
})
