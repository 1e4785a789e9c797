import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { markedDocument } from '../../support/marked-document.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import { readPages, readStatus, submitDocument, waitForEnd } from '../../support/stack-client.ts'
import { until } from '../../support/until.ts'

const PAGE_MS = 1_000
const GRACE_S = 10
/** Of the api; a worker has its grace and 5 s. */
const API_GONE_WITHIN_MS = 30_000

const BOUNDARY = 'part'

describe('SIGTERM', () => {
  let stack: Stack
  let marker = 0
  before(async () => {
    const env = { OCR_SHUTDOWN_GRACE_S: String(GRACE_S) }
    stack = await startStack({ stubDelayMs: PAGE_MS, slots: 1, env })
  })
  after(() => stack[Symbol.asyncDispose]())

  const newDocument = (pages: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(Buffer.concat([markedDocument(pages), Buffer.from(`% ${++marker}\n`)]))

  it('to the api: an upload under way is taken, polls and sockets end, and it exits with 0', async () => {
    const file = newDocument(2)
    const upload = openUpload(stack.url, file)
    const running = await submitDocument(stack.url, newDocument(3))
    const polled = fetch(`${stack.url}/v1/documents/${running}?wait=60`)
    const live = new WebSocket(`${stack.url.replace('http', 'ws')}/v1/live`)
    await once(live, 'open')
    const closed = once(live, 'close')
    await until(async () => (await readStatus(stack.url, running)) !== null, 'the api is at work')

    const signalledAtMs = performance.now()
    stack.api.kill('SIGTERM')
    const [closeCode] = await closed
    const poll = await polled
    await until(async () => !(await canConnect(stack.url)), 'no new connection is taken')
    upload.finish()
    const answer = await upload.answered
    await until(() => !stack.api.isAlive(), 'the api is gone', API_GONE_WITHIN_MS)
    const goneAfterMs = performance.now() - signalledAtMs

    assert.equal(closeCode, 1012)
    assert.equal(poll.status, 200)
    assert.deepEqual([answer.status, stack.api.exitCode()], [202, 0])
    assert.ok(goneAfterMs < API_GONE_WITHIN_MS)
    stack.api.start()
    await stack.ready()
    for (const id of [running, answer.id])
      assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
    assert.deepEqual(await readPages(stack.url, answer.id), ['stub page 1', 'stub page 2'])
  })

  it('to a worker: a page that fits the grace ends, and is not read twice', async () => {
    const ledgerFrom = (await stack.ledger()).length
    const id = await submitDocument(stack.url, newDocument(4))
    const since = async () => (await stack.ledger()).slice(ledgerFrom)
    await until(async () => (await since()).includes('start 2'), 'page 2 is under way', 60_000)

    const signalledAtMs = performance.now()
    await stack.worker.end('SIGTERM')
    const goneAfterMs = performance.now() - signalledAtMs

    assert.equal(stack.worker.exitCode(), 0)
    assert.ok(goneAfterMs < (GRACE_S + 5) * 1_000, `${goneAfterMs} ms`)
    const untilThen = await since()
    stack.worker.start()
    assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
    assert.ok(untilThen.includes('done 2'), untilThen.join(', '))
    const started = (await since()).filter((line) => line.startsWith('start'))
    assert.equal(new Set(started).size, started.length, started.join(', '))
    assert.deepEqual(await attemptsOf(stack, id), { most: 1, failed: 0 })
  })

  it('twice to a worker: it ends at once, and the page is read again elsewhere', async () => {
    const id = await submitDocument(stack.url, newDocument(2))
    const ledgerFrom = (await stack.ledger()).length
    await until(
      async () => (await stack.ledger()).slice(ledgerFrom).includes('start 1'),
      'page 1 is under way',
      60_000,
    )

    // Signals that come before the first is seen are one signal.
    await until(() => {
      stack.worker.kill('SIGTERM')
      return !stack.worker.isAlive()
    }, 'the worker is gone')

    assert.equal(stack.worker.exitCode(), 143)
    stack.worker.start()
    assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
    assert.deepEqual(await readPages(stack.url, id), ['stub page 1', 'stub page 2'])
  })
})

type SlowUpload = {
  /** Sends the rest. */
  finish(): void
  readonly answered: Promise<{ readonly status: number; readonly id: string }>
}

/** Begins an upload and sends half of the file. */
function openUpload(url: string, file: Uint8Array): SlowUpload {
  const sent = request(`${url}/v1/documents`, {
    method: 'POST',
    agent: false,
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
  })
  const half = Math.floor(file.length / 2)
  sent.write(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="slow.pdf"\r\n\r\n`,
  )
  sent.write(file.subarray(0, half))
  return {
    finish() {
      sent.write(file.subarray(half))
      sent.end(`\r\n--${BOUNDARY}--\r\n`)
    },
    answered: answerOf(sent),
  }
}

async function answerOf(sent: ClientRequest): Promise<Awaited<SlowUpload['answered']>> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage] // node:http's signature
  const chunks: Uint8Array[] = []
  for await (const chunk of answer) chunks.push(chunk as Uint8Array) // no encoding was set
  const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string }
  return { status: answer.statusCode ?? 0, id }
}

async function canConnect(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/livez`).catch(() => null)
  await answer?.body?.cancel()
  return answer !== null
}

/** What the history of a document says of its activities. */
async function attemptsOf(stack: Stack, id: string): Promise<{ most: number; failed: number }> {
  const { events } = await stack.client.workflow.getHandle(`document-${id}`).fetchHistory()
  const all = events ?? []
  return {
    most: Math.max(...all.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0)),
    failed: all.filter(
      (event) =>
        event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes,
    ).length,
  }
}
