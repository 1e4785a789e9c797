import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openLiveSocket } from '../support/live-sockets.ts'
import { markedDocument } from '../support/marked-document.ts'
import { readJson } from '../support/read-json.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { readStatus, statusOf, submitDocument } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PAGES = 4
/** So long that its reading is told even if the machine stands still meanwhile. */
const PAGE_MS = 3_000

describe('/v1 with everything behind it', () => {
  const running = new AsyncDisposableStack()
  let stack: Stack

  before(async () => {
    const env = { OCR_TEMPORAL_UI_URL: 'https://temporal.example.com' }
    stack = running.use(await startStack({ stubDelayMs: PAGE_MS, env }))
  })
  after(() => running.disposeAsync())

  const submit = (fields: Record<string, string> = {}) =>
    submitDocument(stack.url, new Uint8Array(markedDocument(PAGES)), fields)
  const untilCompleted = (id: string) =>
    until(
      async () => (await readStatus(stack.url, id))?.status === 'completed',
      'the document is completed',
      60_000,
    )
  async function rerun(id: string, body: unknown): Promise<string> {
    const response = await fetch(`${stack.url}/v1/documents/${id}/rerun`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = await readJson(response)
    assert.equal(response.status, 202, JSON.stringify(answer))
    return answer.id
  }

  it('tells over one socket how documents go, to their end and after a deletion', async () => {
    using client = await openLiveSocket(`${stack.url.replace('http', 'ws')}/v1/live`)
    const id = await submit()

    client.send({ follow: id })
    const last = () => client.messages.findLast(({ event }) => event === 'document')
    await until(() => last()?.data.status === 'completed', 'the end is told', 60_000)
    await untilCompleted(id)
    assert.equal((await fetch(`${stack.url}/v1/documents/${id}`, { method: 'DELETE' })).status, 204)
    const before = client.messages.length
    client.send({ follow: id })
    await client.told(before + 1)

    const documents = client.messages.filter(({ event }) => event === 'document')
    const marks = documents.flatMap(({ data }) => data.page_marks ?? [])
    assert.ok(documents.some(({ data }) => data.running_pages.length > 0))
    assert.equal(marks.at(-1), 'o'.repeat(PAGES))
    assert.equal(
      documents[0]?.data.run_url,
      `https://temporal.example.com/namespaces/default/workflows/document-${id}`,
    )
    assert.deepEqual(client.messages.at(-1), { document_id: id, event: 'unknown' })
  })

  it('reads a document once more without reading a page twice', async () => {
    const id = await submit()
    await untilCompleted(id)
    const lines = (await stack.ledger()).length

    const again = await rerun(id, {})
    const some = await rerun(id, { pages: '2-3' })
    await Promise.all([untilCompleted(again), untilCompleted(some)])

    assert.notEqual(again, id)
    assert.equal((await stack.ledger()).length, lines)
    assert.partialDeepStrictEqual(await statusOf(stack.url, some), {
      selection: '2-3',
      page_marks: 'oo',
      file_name: 'marked.pdf',
    })
    const text = await fetch(`${stack.url}/v1/documents/${some}/result`)
    assert.equal(await text.text(), 'stub page 2\n\fstub page 3\n')
  })

  it('reads it with another engine, which does not find the pages of the first', async () => {
    const id = await submit({ pages: '1' })
    await untilCompleted(id)
    const lines = (await stack.ledger()).length

    const other = await rerun(id, { engine: 'tesseract' })
    await untilCompleted(other)

    assert.partialDeepStrictEqual(await statusOf(stack.url, other), {
      engine: 'tesseract',
      selection: '1',
    })
    assert.ok((await stack.ledger()).length > lines)
  })
})
