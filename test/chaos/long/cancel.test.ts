import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { markedDocument } from '../../support/marked-document.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import { readStatus, submitDocument, waitForEnd } from '../../support/stack-client.ts'
import { until } from '../../support/until.ts'

const CANCELS = 20
/** So many that none is done before its cancel has come. */
const PAGES = 60
/** Typically; a machine that does other things at the same time may stand still for some seconds. */
const GONE_WITHIN_MS = 2_000
const GONE_AT_LAST_MS = 10_000

/** Guarded children of the worker that use the processor right now: they have a page in hand. */
function busyChildren(workerPid: number, before: ReadonlyMap<number, number>): number[] {
  return [...childTicks(workerPid)]
    .filter(([pid, ticks]) => ticks > (before.get(pid) ?? 0))
    .map(([pid]) => pid)
}

function childTicks(workerPid: number): Map<number, number> {
  const ticks = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(fields[1]) === workerPid)
        ticks.set(Number(name), Number(fields[11]) + Number(fields[12]))
    } catch {
      // Gone between the listing and the look.
    }
  }
  return ticks
}

describe('cancel with the built-in engine at work', () => {
  let stack: Stack
  const goneAfterMs: number[] = []

  before(async () => {
    stack = await startStack({ stubDelayMs: null })
  })
  after(() => stack[Symbol.asyncDispose]())

  it(`stops the children within ${GONE_WITHIN_MS} ms (p50 of ${CANCELS})`, async (test) => {
    for (let round = 0; round < CANCELS; round++) {
      const marker = Buffer.from(`% round ${round}\n`)
      const bytes = new Uint8Array(Buffer.concat([markedDocument(PAGES), marker]))
      const id = await submitDocument(stack.url, bytes)
      await until(
        async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= 1,
        'one page is done',
        60_000,
      )

      const cancelledAt = performance.now()
      const answer = await fetch(`${stack.url}/v1/documents/${id}/cancel`, { method: 'POST' })
      assert.equal(answer.status, 202)
      let last = childTicks(stack.worker.pid())
      await until(async () => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        const busy = busyChildren(stack.worker.pid(), last)
        last = childTicks(stack.worker.pid())
        return busy.length === 0
      }, 'no child works any more')
      goneAfterMs.push(performance.now() - cancelledAt)

      const status = await waitForEnd(stack.url, id)
      assert.equal(status.status, 'cancelled')
      assert.ok(status.pages.done >= 1 && status.pages.done < PAGES)
    }
    const sorted = goneAfterMs.toSorted((a, b) => a - b)
    const p95 = sorted[Math.ceil(CANCELS * 0.95) - 1] ?? Infinity
    const p50 = sorted[CANCELS / 2] ?? Infinity
    test.diagnostic(`idle after a cancel: p50 ${p50} ms, p95 ${p95} ms`)
    assert.ok(p50 <= GONE_WITHIN_MS, `p50 ${p50} ms`)
    assert.ok(p95 <= GONE_AT_LAST_MS, `p95 ${p95} ms`)
  })

  it('keeps finished pages readable and says that it is too late afterwards', async () => {
    const listed = await fetch(`${stack.url}/v1/documents?limit=1`)
    const { documents } = (await listed.json()) as { documents: { id: string }[] }
    const id = documents[0]?.id ?? ''

    const page = await fetch(`${stack.url}/v1/documents/${id}/pages/1`)
    assert.equal(page.status, 200)
    assert.match(((await page.json()) as { text: string }).text, /Page 1/)
    const text = await fetch(`${stack.url}/v1/documents/${id}/result?format=text`)
    assert.equal(text.status, 200)
    await text.body?.cancel()

    const again = await fetch(`${stack.url}/v1/documents/${id}/cancel`, { method: 'POST' })
    assert.equal(again.status, 409)
    assert.equal(((await again.json()) as { code: string }).code, 'DOCUMENT_FINISHED')
    const pyOcr = await fetch(`${stack.url}/api/cancel/${id}`, { method: 'POST' })
    assert.equal(pyOcr.status, 400)
    assert.deepEqual(await pyOcr.json(), {
      error: '只能取消处理中的任务',
      current_status: 'cancelled',
    })
  })
})
