import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { busyReply, type FakeReply } from '../support/fakes/fake-reply.ts'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import { createFakeVllm } from '../support/fakes/fake-vllm.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { markedDocument } from '../support/marked-document.ts'
import { dotsReply } from '../support/page-truth.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { readStatus, submitDocument, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PAGES = 40
const SLOTS = 8
const OUTAGE_MS = 60_000
/** So slow that the job is not done before the server goes away. */
const PAGE_MS = 1_500

const BROKEN: FakeReply = { kind: 'status', status: 500, body: { error: { message: 'no' } } }

describe('a model server in trouble', () => {
  let fake: FakeModelServer
  let stack: Stack
  const resources = new AsyncDisposableStack()
  let marker = 0
  const well = async (body: unknown): Promise<FakeReply> => {
    const reply = await dotsReply(sentPng(body))
    return reply.kind === 'text' ? { ...reply, delayMs: PAGE_MS / 40, pieceLength: 20 } : reply
  }

  before(async () => {
    fake = resources.use(await createFakeVllm({ model: 'dots' }))
    stack = resources.use(
      await startStack({
        stubDelayMs: null,
        env: { OCR_DOTS_URL: fake.url, OCR_GPU_SLOTS: String(SLOTS) },
      }),
    )
  })
  beforeEach(() => fake.setDefault(well))
  afterEach(() => assert.deepEqual(fake.problems, []))
  after(() => resources.disposeAsync())

  const submit = (pages: number) =>
    submitDocument(
      stack.url,
      new Uint8Array(Buffer.concat([markedDocument(pages, 2), Buffer.from(`% ${++marker}\n`)])),
      { engine: 'dots' },
    )
  const untilDone = (id: string, pages: number) =>
    until(
      async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= pages,
      `${pages} pages are done`,
      120_000,
    )
  const assertWhole = async (id: string) => {
    const status = await waitForEnd(stack.url, id, 240_000)
    assert.deepEqual([status.status, status.pages.ok], ['completed', PAGES])
  }

  it('that is away for a minute costs no page', async () => {
    const id = await submit(PAGES)
    await untilDone(id, 4)

    fake.goAway()
    await sleep(OUTAGE_MS)
    await fake.comeBack()

    await assertWhole(id)
  })

  it('that answers 500 for a minute is asked at most twice a second, and costs no page', async () => {
    const id = await submit(PAGES)
    await untilDone(id, 4)

    fake.setDefault(BROKEN)
    const sentBefore = fake.requests.length
    await sleep(OUTAGE_MS)
    const sent = fake.requests.length - sentBefore
    fake.setDefault(well)

    assert.ok(sent <= (2 * OUTAGE_MS) / 1_000, `${sent} requests in ${OUTAGE_MS} ms`)
    await assertWhole(id)
  })

  it('that says Retry-After: 7 is left alone for 7 seconds', async () => {
    const earlier = fake.requests.length
    fake.script(busyReply('7'))
    const id = await submit(6)

    const status = await waitForEnd(stack.url, id, 120_000)

    assert.equal(status.pages.ok, 6)
    const [refused, next] = fake.requests.slice(earlier).toSorted((a, b) => a.atMs - b.atMs)
    assert.ok(refused && next)
    // Those that were on their way already do not count.
    const later = fake.requests.slice(earlier).filter(({ atMs }) => atMs > refused.atMs + 500)
    const waitedMs = Math.min(...later.map(({ atMs }) => atMs)) - refused.atMs
    assert.ok(waitedMs >= 7_000, `asked again after ${waitedMs} ms`)
  })
})
