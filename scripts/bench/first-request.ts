import { randomUUID } from 'node:crypto'
import type { Sha256 } from '../../src/contract/identifiers.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { pageImageFactsKey } from '../../src/storage/object-keys.ts'
import { createFakeVllm } from '../../test/support/fakes/fake-vllm.ts'
import { startStack } from '../../test/support/stack.ts'
import { submitDocument } from '../../test/support/stack-client.ts'
import { longPoll, newDocument } from './bench-document.ts'
import { median } from './quantile.ts'
import { sha256Of, storeOf } from './stack-store.ts'

const DOCUMENTS = 5
const PAGES = 30
const LINES_PER_PAGE = 33

/**
 * How soon a model server is asked for the first time after a page was drawn, mostly page 1, while the
 * other pages of the document are being drawn: documents one after the other, none seen before.
 */
export async function benchFirstRequest(): Promise<void> {
  await using fake = await createFakeVllm({ model: 'dots' })
  await using stack = await startStack({ stubDelayMs: null, env: { OCR_DOTS_URL: fake.url } })
  const store = await storeOf(stack)
  const delaysMs: number[] = []
  for (let document = 0; document < DOCUMENTS; document++) {
    const bytes = newDocument(PAGES, LINES_PER_PAGE, randomUUID())
    const earlier = fake.requests.length
    await longPoll(stack.url, await submitDocument(stack.url, bytes, { engine: 'dots' }))
    const first = fake.requests[earlier]
    const drawnAtMs = await firstDrawnAtMs(store, sha256Of(bytes))
    if (first === undefined) throw new Error('No page was read')
    delaysMs.push(first.atMs - drawnAtMs)
  }
  console.log(
    `\nFirst request to a model server after the first page was drawn, ${DOCUMENTS} documents`,
  )
  console.log(`  median        ${median(delaysMs).toFixed(0)} ms (goal: at most 1,000)`)
  console.log(`  longest       ${Math.max(...delaysMs).toFixed(0)} ms`)
}

async function firstDrawnAtMs(store: BlobStore, sha256: Sha256): Promise<number> {
  const timesMs: number[] = []
  for (let page = 1; page <= PAGES; page++) {
    // Written after the image: the page is drawn then.
    const drawn = await store.head(pageImageFactsKey({ sha256, page, dpi: 200 }))
    if (drawn !== null) timesMs.push(Date.parse(drawn.modifiedAt))
  }
  return Math.min(...timesMs)
}
