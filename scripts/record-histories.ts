import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { markedDocument } from '../test/support/marked-document.ts'
import { startStack, type Stack } from '../test/support/stack.ts'
import { readStatus, submitDocument, waitForEnd } from '../test/support/stack-client.ts'
import { until } from '../test/support/until.ts'

/*
 * Records the histories that test/replay replays: run before a release, keep the old ones for ever
 * (`npm run record-histories -- <suffix of the release>`).
 */
const suffix = process.argv[2] ? `-${process.argv[2]}` : ''
const root = join(import.meta.dirname, '..')
const directory = join(root, 'test', 'replay')
const document = (pages: number, marker: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([markedDocument(pages), Buffer.from(`% ${marker}\n`)]))

async function record(stack: Stack, id: string, name: string): Promise<void> {
  const workflowId = `document-${id}`
  const runs = stack.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })
  const runIds: string[] = []
  for await (const run of runs) runIds.unshift(run.runId)
  for (const [place, runId] of runIds.entries()) {
    const history = await stack.client.workflow.getHandle(workflowId, runId).fetchHistory()
    const part = runIds.length > 1 ? `-run-${place + 1}` : ''
    const path = join(directory, `${name}${suffix}${part}.history.json`)
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

await using stack = await startStack({ stubDelayMs: 50, env: { STUB_POISON_PAGE: '37' } })

const onePage = await submitDocument(stack.url, document(1, 'one'))
await waitForEnd(stack.url, onePage)
await record(stack, onePage, 'one-page')

const forty = await submitDocument(stack.url, document(36, 'thirty-six'))
await waitForEnd(stack.url, forty)
await record(stack, forty, 'thirty-six-pages')

const selected = await submitDocument(stack.url, document(30, 'selected'), { pages: '2-4,9,28-40' })
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
