import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { manageProcess } from '../../support/managed-process.ts'
import { markedDocument } from '../../support/marked-document.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import { postDocument, readPages, waitForEnd } from '../../support/stack-client.ts'
import { until } from '../../support/until.ts'

const POINTS = ['before-blob', 'after-blob', 'before-start', 'before-answer']

describe('kill -9 of the api during a submit', () => {
  let stack: Stack

  before(async () => {
    stack = await startStack({ stubDelayMs: 0 })
  })
  after(() => stack[Symbol.asyncDispose]())

  for (const point of POINTS)
    it(`${point}: the same key gives one document afterwards`, async () => {
      const bytes = new Uint8Array(
        Buffer.concat([markedDocument(3), Buffer.from(`% crash ${point}\n`)]),
      )
      const file = { bytes, name: 'crash.pdf' }
      const key = `key-${point}`
      const crashing = manageProcess(
        process.execPath,
        [join(import.meta.dirname, '..', '..', 'support', 'crashing-api.ts')],
        () => ({ ...stack.env(), OCR_PORT: new URL(stack.url).port, OCR_CRASH_AT: point }),
      )
      await stack.api.end('SIGKILL')
      crashing.start()
      await stack.ready()

      const unanswered = await postDocument(stack.url, file, { key }).catch(() => null)
      await until(() => !crashing.isAlive(), 'the api has died')
      stack.api.start()
      await stack.ready()
      const answers = await Promise.all(
        Array.from({ length: 3 }, () => postDocument(stack.url, file, { key })),
      )

      assert.equal(unanswered, null)
      const ids = await Promise.all(
        answers.map(async (answer) => {
          assert.equal(answer.status, 202)
          return ((await answer.json()) as { id: string }).id
        }),
      )
      const [id = ''] = ids
      assert.deepEqual(new Set(ids), new Set([id]))
      assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
      const expected = ['stub page 1', 'stub page 2', 'stub page 3']
      assert.deepEqual(await readPages(stack.url, id), expected)
      const { count } = await stack.client.workflow.count(`WorkflowId = "document-${id}"`)
      assert.equal(count, 1)
    })

  it('leaves no workflow that nobody was told of and nobody asked for again', async () => {
    const { count } = await stack.client.workflow.count('WorkflowType = "processDocument"')

    assert.equal(count, POINTS.length)
  })
})
