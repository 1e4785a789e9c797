import assert from 'node:assert/strict'
import { after, before, beforeEach } from 'node:test'
import { markedDocument } from './marked-document.ts'
import { startStack, type Stack } from './stack.ts'
import { readPages, readStatus, waitForEnd } from './stack-client.ts'
import { until } from './until.ts'

const PAGES = 40
const SLOTS = 2
/** So slow that a document does not end while the machine leaves the test no time to kill something. */
const PAGE_MS = 500
const expected = Array.from({ length: PAGES }, (_, place) => `stub page ${place + 1}`)

/** What the kill tests of one `describe` share: a stack with the stub engine, and what must hold. */
export type KillRun = {
  readonly stack: () => Stack
  /** A document of 40 pages with bytes of its own, or the page cache would do the work. */
  newDocument(): Uint8Array<ArrayBuffer>
  untilPagesDone(id: string, pages: number): Promise<void>
  /** Every page once and in order. */
  assertWhole(id: string): Promise<void>
  /** No more pages recognized twice in this test than were in flight. */
  assertFewRepeated(): Promise<void>
}

/** Sets up the stack around the tests of the calling `describe`. */
export function useKillRun(): KillRun {
  let stack: Stack
  let ledgerFrom = 0
  let marker = 0
  before(async () => {
    stack = await startStack({ stubDelayMs: PAGE_MS, slots: SLOTS })
  })
  after(() => stack[Symbol.asyncDispose]())
  beforeEach(async () => {
    ledgerFrom = (await stack.ledger()).length
  })
  return {
    stack: () => stack,
    newDocument: () =>
      new Uint8Array(Buffer.concat([markedDocument(PAGES), Buffer.from(`% ${++marker}\n`)])),
    untilPagesDone: (id, pages) =>
      until(
        async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= pages,
        `${pages} pages are done`,
        150_000,
      ),
    async assertWhole(id) {
      const status = await waitForEnd(stack.url, id, 240_000)
      assert.equal(status.status, 'completed')
      assert.deepEqual(status.failed_pages, [])
      assert.deepEqual(await readPages(stack.url, id), expected)
    },
    async assertFewRepeated() {
      const started = (await stack.ledger())
        .slice(ledgerFrom)
        .filter((line) => line.startsWith('start'))
      const repeated = started.length - new Set(started).size
      assert.ok(repeated <= SLOTS, `${repeated} pages were recognized twice`)
    },
  }
}
