import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { markedDocument } from '../support/marked-document.ts'
import { startStack, type Stack } from '../support/stack.ts'
import {
  postDocument,
  readPages,
  readStatus,
  submitDocument,
  waitForEnd,
} from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PAGES = 40
const SLOTS = 2
const expected = Array.from({ length: PAGES }, (_, place) => `stub page ${place + 1}`)

/** Pages that the engine began to recognize more than once since `from` lines of the ledger. */
function startedTwice(ledger: readonly string[], from: number): number {
  const started = ledger.slice(from).filter((line) => line.startsWith('start'))
  return started.length - new Set(started).size
}

describe('kill -9', () => {
  let stack: Stack
  let ledgerFrom = 0
  let marker = 0

  before(async () => {
    stack = await startStack({ stubDelayMs: 150, slots: SLOTS })
  })
  after(() => stack[Symbol.asyncDispose]())
  beforeEach(async () => {
    ledgerFrom = (await stack.ledger()).length
  })

  /** Bytes of their own per test, or the page cache would do the work. */
  const newDocument = (): Uint8Array<ArrayBuffer> =>
    new Uint8Array(Buffer.concat([markedDocument(PAGES), Buffer.from(`% ${++marker}\n`)]))

  const untilPagesDone = (id: string, pages: number): Promise<void> =>
    until(
      async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= pages,
      `${pages} pages are done`,
      60_000,
    )

  const assertWhole = async (id: string): Promise<void> => {
    const status = await waitForEnd(stack.url, id)
    assert.equal(status.status, 'completed')
    assert.deepEqual(status.failed_pages, [])
    assert.deepEqual(await readPages(stack.url, id), expected)
  }

  it('of the worker loses nothing and repeats at most the pages in flight', async () => {
    const id = await submitDocument(stack.url, newDocument())
    await untilPagesDone(id, 12)

    await stack.worker.end('SIGKILL')
    assert.equal((await readStatus(stack.url, id))?.status, 'processing')
    stack.worker.start()

    await assertWhole(id)
    const repeated = startedTwice(await stack.ledger(), ledgerFrom)
    assert.ok(repeated <= SLOTS, `${repeated} pages were recognized twice`)
  })

  it('of the Temporal server loses nothing, and no status is ever a false 404', async () => {
    const id = await submitDocument(stack.url, newDocument())
    await untilPagesDone(id, 12)

    await stack.temporal.end('SIGKILL')
    const during = await readStatus(stack.url, id)
    assert.ok(during === null || during.status === 'processing')
    const refused = await postDocument(stack.url, { bytes: newDocument(), name: 'x.pdf' })
    assert.equal(refused.status, 503)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    stack.temporal.start()

    await assertWhole(id)
    const repeated = startedTwice(await stack.ledger(), ledgerFrom)
    assert.ok(repeated <= SLOTS, `${repeated} pages were recognized twice`)
  })

  it('of the api while it works loses nothing', async () => {
    const id = await submitDocument(stack.url, newDocument())
    await untilPagesDone(id, 4)

    await stack.api.end('SIGKILL')
    stack.api.start()
    await stack.ready()

    await assertWhole(id)
  })

  it('of everything at once loses nothing', async () => {
    const id = await submitDocument(stack.url, newDocument())
    await untilPagesDone(id, 8)

    await Promise.all([stack.api, stack.worker, stack.temporal].map((part) => part.end('SIGKILL')))
    for (const part of [stack.temporal, stack.worker, stack.api]) part.start()
    await stack.ready()

    await assertWhole(id)
  })

  it('leaves no temporary file behind once the next document has run', async () => {
    const id = await submitDocument(stack.url, newDocument(), { pages: '1' })
    await waitForEnd(stack.url, id)

    const leftovers = await readdir(join(stack.dataDirectory, 'store', 'tmp'))
    assert.deepEqual(leftovers, [])
  })
})
