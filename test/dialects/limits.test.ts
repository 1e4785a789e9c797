import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { workflowIdFor } from '../../src/contract/names.ts'
import { parseDocumentId } from '../../src/contract/identifiers.ts'
import { markedDocument } from '../support/marked-document.ts'
import { present } from '../support/gateway-fixtures.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { postDocument, submitDocument, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PARALLEL = 50
/** Room for one of the larger files and no second one. */
const QUOTA_MB = 1
const MAX_OPEN = 12

type Submitted = { readonly id: string }

/** A file of one page, and as many bytes. */
function fileOf(sizeBytes: number): { bytes: Uint8Array<ArrayBuffer>; name: string } {
  const pdf = Buffer.concat([markedDocument(1), Buffer.from(`% ${randomUUID()}\n`)])
  const padding = Buffer.alloc(Math.max(0, sizeBytes - pdf.length), '%')
  return { bytes: new Uint8Array(Buffer.concat([pdf, padding])), name: 'marked.pdf' }
}

describe('limits, with everything behind them', () => {
  const running = new AsyncDisposableStack()
  let stack: Stack

  before(async () => {
    const env = { OCR_QUOTA_MB: String(QUOTA_MB), OCR_MAX_OPEN_DOCUMENTS: String(MAX_OPEN) }
    stack = running.use(await startStack({ stubDelayMs: 100, env }))
  })
  after(() => running.disposeAsync())

  const historyOf = async (id: string) => {
    const workflowId = workflowIdFor(present(parseDocumentId(id)))
    const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory()
    return events ?? []
  }

  it('makes one document of 50 submits at once under one key', async () => {
    const file = fileOf(0)
    const key = randomUUID()

    const responses = await Promise.all(
      Array.from({ length: PARALLEL }, () => postDocument(stack.url, file, { key })),
    )

    const bodies = (await Promise.all(responses.map((one) => one.json()))) as Submitted[]
    assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([202]))
    assert.equal(new Set(bodies.map(({ id }) => id)).size, 1)
    const replayed = responses.filter((one) => one.headers.get('idempotent-replayed') === 'true')
    assert.equal(replayed.length, PARALLEL - 1)
    const id = bodies[0]?.id ?? ''
    assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
    const listed = await fetch(`${stack.url}/v1/documents`)
    const { documents } = (await listed.json()) as { documents: Submitted[] }
    assert.deepEqual(
      documents.map((one) => one.id),
      [id],
    )
  })

  it('gives every step of a document its turn, and no address', async () => {
    const id = await submitDocument(stack.url, fileOf(0).bytes)
    await waitForEnd(stack.url, id)

    const events = await historyOf(id)

    const keys = events.flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes
      return scheduled ? [scheduled.priority?.fairnessKey] : []
    })
    const [own] = keys
    assert.match(own ?? '', /^address:[0-9a-f]{16}$/)
    assert.ok(keys.length >= 4, String(keys.length))
    assert.deepEqual(new Set(keys), new Set([own]))
    assert.equal(events[0]?.workflowExecutionStartedEventAttributes?.priority?.fairnessKey, own)
    assert.ok(!JSON.stringify(events).includes('127.0.0.1'))
  })

  it('refuses what is over the quota until something is deleted', async () => {
    const large = await submitDocument(stack.url, fileOf(900_000).bytes)
    await waitForEnd(stack.url, large)

    const refused = await postDocument(stack.url, fileOf(900_000))
    const { code } = (await refused.json()) as { code: string }
    const deleted = await fetch(`${stack.url}/v1/documents/${large}`, { method: 'DELETE' })

    assert.deepEqual([refused.status, code], [507, 'QUOTA_EXCEEDED'])
    assert.equal(deleted.status, 204)
    await until(
      async () => (await postDocument(stack.url, fileOf(800_000))).status === 202,
      'there is room again',
      20_000,
    )
  })

  it('takes no more documents than may be open, and takes them again when some have ended', async () => {
    stack.worker.kill('SIGSTOP')
    const open: string[] = []
    let refused = await postDocument(stack.url, fileOf(0))
    for (; refused.status === 202; refused = await postDocument(stack.url, fileOf(0)))
      open.push(((await refused.json()) as Submitted).id)
    const { code } = (await refused.json()) as { code: string }
    stack.worker.kill('SIGCONT')

    assert.deepEqual([refused.status, code], [429, 'QUEUE_FULL'])
    assert.ok(Number(refused.headers.get('retry-after')) >= 5)
    assert.ok(open.length <= MAX_OPEN, String(open.length))
    for (const id of open) await waitForEnd(stack.url, id)
    await until(
      async () => (await postDocument(stack.url, fileOf(0))).status === 202,
      'documents are taken again',
      30_000,
    )
  })
})
