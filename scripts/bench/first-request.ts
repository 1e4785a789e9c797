import { randomUUID } from 'node:crypto'
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
 * How soon a model server is asked for the first time after page 1 was drawn, while the other pages
 * of the document are being drawn: documents one after the other, none seen before.
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
    // Written after the image: page 1 is drawn then.
    const drawn = await store.head(
      pageImageFactsKey({ sha256: sha256Of(bytes), page: 1, dpi: 200 }),
    )
    if (first === undefined || drawn === null) throw new Error('Page 1 was not read')
    delaysMs.push(first.atMs - Date.parse(drawn.modifiedAt))
  }
  console.log(`\nFirst request to a model server after page 1 was drawn, ${DOCUMENTS} documents`)
  console.log(`  median        ${median(delaysMs).toFixed(0)} ms (goal: at most 1,000)`)
  console.log(`  longest       ${Math.max(...delaysMs).toFixed(0)} ms`)
}
