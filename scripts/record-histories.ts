import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { TASK_QUEUE } from '../src/contract/names.ts'
import { SWEEP_EXPIRED } from '../src/contract/sweep.ts'
import { startFakeEngines } from '../test/support/fakes/fake-engines.ts'
import { OUT_OF_MEMORY_REPLY, textReply, type FakeReply } from '../test/support/fakes/fake-reply.ts'
import { sentPng } from '../test/support/fakes/sent-png.ts'
import { markedDocument } from '../test/support/marked-document.ts'
import { dotsReply } from '../test/support/page-truth.ts'
import { readPageNumber } from '../test/support/read-page-number.ts'
import { serve } from '../test/support/serve.ts'
import { startStack, type Stack } from '../test/support/stack.ts'
import { readStatus, submitDocument, waitForEnd } from '../test/support/stack-client.ts'
import { until } from '../test/support/until.ts'

/*
 * Records the histories that test/replay replays: run before a release, keep the old ones for ever
 * (`npm run record-histories -- <suffix of the release>`; behind it `pages`, `ladder`, `fetched`, `webhooks` or `sweep` for one part).
 */
const suffix = process.argv[2] ? `-${process.argv[2]}` : ''
const part = process.argv[3] ?? 'all'
const root = join(import.meta.dirname, '..')
const directory = join(root, 'test', 'replay')
const document = (pages: number, marker: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([markedDocument(pages), Buffer.from(`% ${marker}\n`)]))

const record = (stack: Stack, id: string, name: string): Promise<void> =>
  recordWorkflow(stack, `document-${id}`, name)

async function recordWorkflow(stack: Stack, workflowId: string, name: string): Promise<void> {
  const runs = stack.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })
  const runIds: string[] = []
  for await (const run of runs) runIds.unshift(run.runId)
  for (const [place, runId] of runIds.entries()) {
    const history = await stack.client.workflow.getHandle(workflowId, runId).fetchHistory()
    const run = runIds.length > 1 ? `-run-${place + 1}` : ''
    const path = join(directory, `${name}${suffix}${run}.history.json`)
    // Through JSON once more: protobuf's printer indents, and most of a history would be blanks.
    const json = JSON.stringify(JSON.parse(historyToJSON(history)))
    // Stack traces name files: as seen from the checkout, wherever it was.
    await writeFile(path, `${json.replaceAll(`${root}/`, '')}\n`)
    console.log(path)
  }
}

async function untilDone(stack: Stack, id: string, pages: number): Promise<void> {
  const enough = async (): Promise<boolean> =>
    ((await readStatus(stack.url, id))?.pages.done ?? 0) >= pages
  await until(enough, `${pages} pages are done`, 60_000)
}

async function recordPages(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: 50, env: { STUB_POISON_PAGE: '37' } })

  const onePage = await submitDocument(stack.url, document(1, 'one'))
  await waitForEnd(stack.url, onePage)
  await record(stack, onePage, 'one-page')

  const forty = await submitDocument(stack.url, document(36, 'thirty-six'))
  await waitForEnd(stack.url, forty)
  await record(stack, forty, 'thirty-six-pages')

  const selected = await submitDocument(stack.url, document(30, 'selected'), {
    pages: '2-4,9,28-40',
  })
  await waitForEnd(stack.url, selected)
  await record(stack, selected, 'selected-pages')

  const none = await submitDocument(stack.url, document(2, 'none'), { pages: '7' })
  await waitForEnd(stack.url, none)
  await record(stack, none, 'no-such-pages')

  const cancelled = await submitDocument(stack.url, document(36, 'cancelled'))
  await untilDone(stack, cancelled, 5)
  await fetch(`${stack.url}/v1/documents/${cancelled}/cancel`, { method: 'POST' })
  await waitForEnd(stack.url, cancelled)
  await record(stack, cancelled, 'cancelled')

  const killed = await submitDocument(stack.url, document(30, 'killed'))
  await untilDone(stack, killed, 8)
  await stack.worker.end('SIGKILL')
  stack.worker.start()
  await waitForEnd(stack.url, killed)
  await record(stack, killed, 'worker-killed')

  // Page 37 takes its worker with it, three times; it is lost and the others are not.
  const poison = await submitDocument(stack.url, document(40, 'poison'))
  let isOver = false
  const nurse = (async () => {
    while (!isOver) {
      if (!stack.worker.isAlive()) stack.worker.start()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  await waitForEnd(stack.url, poison)
  isOver = true
  await nurse
  await record(stack, poison, 'forty-pages-one-poison')

  const long = await submitDocument(stack.url, document(500, 'long'), { pages: '1-36,38-500' })
  await waitForEnd(stack.url, long, 15 * 60_000)
  await record(stack, long, 'continued-as-new')
}

/** Pages that an engine behind a server cannot read, each in another way. */
async function recordLadder(): Promise<void> {
  await using fakes = await startFakeEngines()
  const asked = new Map<number, number>()
  fakes.dots.setDefault(async (body): Promise<FakeReply> => {
    const png = sentPng(body)
    const page = await readPageNumber(png)
    const count = (asked.get(page) ?? 0) + 1
    asked.set(page, count)
    if (page === 3 && count === 1) return textReply('no layout')
    if (page === 5) return textReply('', { finish: 'content_filter' })
    if (page === 7 && count <= 2) return OUT_OF_MEMORY_REPLY
    if (page === 9) return { kind: 'death', how: 'event', afterwards: 'refuses', awayMs: 1_000 }
    return page === 11 ? textReply('', { finish: 'length' }) : dotsReply(png)
  })
  const env = { ...fakes.env, OCR_GPU_SLOTS: '1' }
  await using stack = await startStack({ stubDelayMs: null, env })
  const id = await submitDocument(stack.url, document(12, 'ladder'), { engine: 'dots' })
  await waitForEnd(stack.url, id)
  await record(stack, id, 'ladder')
}

/** A file that a worker fetches, and one that it may not fetch. */
async function recordFetched(): Promise<void> {
  await using files = await serve((_req, res) => res.end(document(3, 'fetched')))
  await using stack = await startStack({
    stubDelayMs: 50,
    env: { OCR_ALLOWED_URL_HOSTS: `127.0.0.1:${files.port}` },
  })
  const submit = async (url: string): Promise<string> => {
    const response = await fetch(`${stack.url}/v1/documents`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ url }),
    })
    const { id } = (await response.json()) as { id: string }
    await waitForEnd(stack.url, id)
    return id
  }
  await record(stack, await submit(`${files.url}/a.pdf`), 'fetched')
  await record(stack, await submit('http://name.invalid/a.pdf'), 'not-fetched')
}

/** A document whose receiver is told of every page and of its end. */
async function recordWebhooks(): Promise<void> {
  await using receiver = await serve((_req, res) => res.writeHead(204).end())
  await using stack = await startStack({
    stubDelayMs: 50,
    env: {
      OCR_ALLOWED_WEBHOOK_HOSTS: `127.0.0.1:${receiver.port}`,
      OCR_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    },
  })
  const id = await submitDocument(stack.url, document(8, 'webhooks'), {
    callback_url: receiver.url,
    callback_events: 'document.completed,page.completed',
  })
  await waitForEnd(stack.url, id)
  await record(stack, id, 'webhooks')
  const { end, pages } = { end: `webhook-${id}`, pages: `webhook-pages-${id}` }
  await stack.client.workflow.getHandle(end).result()
  await recordWorkflow(stack, end, 'webhooks-of-the-end')
  await recordWorkflow(stack, pages, 'webhooks-of-pages')
}

/** A sweep of a store with a document whose time is not over. */
async function recordSweep(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: 0 })
  await waitForEnd(stack.url, await submitDocument(stack.url, document(2, 'kept')))
  const workflowId = 'sweep-of-a-recording'
  await stack.client.workflow.execute(SWEEP_EXPIRED, {
    workflowId,
    taskQueue: TASK_QUEUE.documents,
    args: [{ resultsDays: 7 }],
  })
  await recordWorkflow(stack, workflowId, 'sweep')
}

const PARTS = {
  pages: recordPages,
  ladder: recordLadder,
  fetched: recordFetched,
  webhooks: recordWebhooks,
  sweep: recordSweep,
}
for (const [name, recordPart] of Object.entries(PARTS))
  if (part === 'all' || part === name) await recordPart()
