import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
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
/** By then those that were on their way have failed, and what follows is what an outage costs. */
const SETTLE_MS = 10_000
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
  const assertWhole = async (id: string, pages = PAGES) => {
    const status = await waitForEnd(stack.url, id, 240_000)
    assert.deepEqual([status.status, status.pages.ok], ['completed', pages])
  }

  it('that is away for a minute is tried at most twice a second, and costs no page', async () => {
    const id = await submit(PAGES)
    await untilDone(id, 4)

    fake.goAway()
    await sleep(SETTLE_MS)
    const attempts = await countConnections(Number(new URL(fake.url).port), OUTAGE_MS - SETTLE_MS)
    await fake.comeBack()

    assert.ok(attempts > 0, 'nobody looked whether it is back')
    assert.ok(attempts <= mostIn(OUTAGE_MS - SETTLE_MS), `${attempts} connections`)
    await assertWhole(id)
  })

  it('that answers 500 for a minute is asked at most twice a second, and costs no page', async () => {
    const id = await submit(PAGES)
    await untilDone(id, 4)

    fake.setDefault(BROKEN)
    const sentBefore = fake.requests.length
    await sleep(SETTLE_MS)
    const arrivedBefore = fake.arrivals.length
    await sleep(OUTAGE_MS - SETTLE_MS)
    const sent = fake.requests.length - sentBefore
    const arrived = fake.arrivals.length - arrivedBefore
    fake.setDefault(well)

    assert.ok(sent <= mostIn(OUTAGE_MS), `${sent} pages in ${OUTAGE_MS} ms`)
    assert.ok(arrived <= mostIn(OUTAGE_MS - SETTLE_MS), `${arrived} requests of any kind`)
    await assertWhole(id)
  })

  it('that answers 500 for a minute does not cost a document its only page', async () => {
    fake.setDefault(BROKEN)
    const id = await submit(1)
    await sleep(OUTAGE_MS)
    fake.setDefault(well)

    await assertWhole(id, 1)
  })

  it('that says Retry-After: 20 is left alone for 20 seconds, also by pages in line for a slot', async () => {
    const pages = SLOTS + 4
    const earlier = fake.requests.length
    let asked = 0
    let refusedAtMs = 0
    fake.setDefault(async (body) => {
      asked += 1
      if (asked > 1) {
        // So long that the worker has heard of the refusal before it has a slot for another page.
        if (asked <= SLOTS) await sleep(8_000)
        return well(body)
      }
      await until(() => asked === SLOTS, 'all slots are taken')
      await sleep(500)
      refusedAtMs = Date.now()
      return busyReply('20')
    })
    const id = await submit(pages)

    await assertWhole(id, pages)

    const early = fake.requests.slice(earlier).filter(({ atMs }) => atMs < refusedAtMs + 20_000)
    assert.equal(early.length, SLOTS, 'more than those that were on their way already')
  })
})

function mostIn(durationMs: number): number {
  return (2 * durationMs) / 1_000
}

/** Connections to a port, each of which is reset at once. */
async function countConnections(port: number, durationMs: number): Promise<number> {
  let count = 0
  const server = createServer((socket) => {
    count += 1
    socket.on('error', () => undefined).resetAndDestroy()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  await sleep(durationMs)
  server.close()
  await once(server, 'close')
  return count
}
