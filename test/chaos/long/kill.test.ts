import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { useKillRun } from '../../support/kill-run.ts'
import { postDocument, readStatus, submitDocument, waitForEnd } from '../../support/stack-client.ts'

describe('kill -9', () => {
  const run = useKillRun()

  it('of the Temporal server loses nothing, and no status is ever a false 404', async () => {
    const stack = run.stack()
    const id = await submitDocument(stack.url, run.newDocument())
    await run.untilPagesDone(id, 12)

    await stack.temporal.end('SIGKILL')
    const during = await readStatus(stack.url, id)
    assert.ok(during === null || during.status === 'processing')
    const refused = await postDocument(stack.url, { bytes: run.newDocument(), name: 'x.pdf' })
    assert.equal(refused.status, 503)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    await refused.body?.cancel()
    stack.temporal.start()

    await run.assertWhole(id)
    await run.assertFewRepeated()
  })

  it('of the api while it works loses nothing', async () => {
    const stack = run.stack()
    const id = await submitDocument(stack.url, run.newDocument())
    await run.untilPagesDone(id, 4)

    await stack.api.end('SIGKILL')
    stack.api.start()
    await stack.ready()

    await run.assertWhole(id)
  })

  it('of everything at once loses nothing', async () => {
    const stack = run.stack()
    const id = await submitDocument(stack.url, run.newDocument())
    await run.untilPagesDone(id, 8)

    await Promise.all([stack.api, stack.worker, stack.temporal].map((part) => part.end('SIGKILL')))
    for (const part of [stack.temporal, stack.worker, stack.api]) part.start()
    await stack.ready()

    await run.assertWhole(id)
  })

  it('leaves no temporary file behind once the next document has run', async () => {
    const stack = run.stack()
    const id = await submitDocument(stack.url, run.newDocument(), { pages: '1' })
    await waitForEnd(stack.url, id)

    assert.deepEqual(await readdir(join(stack.dataDirectory, 'store', 'tmp')), [])
  })
})
