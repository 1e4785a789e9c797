import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { peakMemoryMb } from '../../scripts/bench/cpu-time.ts'
import { markedDocument } from '../support/marked-document.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { readPages, submitDocument, waitForEnd } from '../support/stack-client.ts'

const PAGES = 500

describe('a document of 500 pages', () => {
  let stack: Stack

  before(async () => {
    stack = await startStack({ stubDelayMs: 0 })
  })
  after(() => stack[Symbol.asyncDispose]())

  it('runs through in two runs, every page once and in order', async (test) => {
    const id = await submitDocument(stack.url, new Uint8Array(markedDocument(PAGES)))
    const latenciesMs: number[] = []
    let isRunning = true
    const polling = (async () => {
      while (isRunning) {
        const startedAt = performance.now()
        const response = await fetch(`${stack.url}/v1/documents/${id}`)
        await response.arrayBuffer()
        assert.equal(response.status, 200)
        latenciesMs.push(performance.now() - startedAt)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })()

    const status = await waitForEnd(stack.url, id, 15 * 60_000)
    isRunning = false
    await polling

    assert.equal(status.status, 'completed')
    assert.equal(status.pages.ok, PAGES)
    const expected = Array.from({ length: PAGES }, (_, place) => `stub page ${place + 1}`)
    assert.deepEqual(await readPages(stack.url, id), expected)
    const started = (await stack.ledger()).filter((line) => line.startsWith('start'))
    assert.equal(started.length, PAGES)
    const runs = stack.client.workflow.list({ query: `WorkflowId = "document-${id}"` })
    const statuses = (await Array.fromAsync(runs)).map((run) => run.status.name)
    assert.deepEqual(statuses.toSorted(), ['COMPLETED', 'CONTINUED_AS_NEW'])

    const sorted = latenciesMs.toSorted((a, b) => a - b)
    const p95 = sorted[Math.floor(sorted.length * 0.95)]
    test.diagnostic(`status while it runs: p95 ${p95?.toFixed(0)} ms of ${sorted.length}`)
    for (const name of ['api', 'worker', 'temporal'] as const)
      test.diagnostic(`peak memory of ${name}: ${peakMemoryMb(stack[name].pid())} MB`)
  })
})
