import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import type { FakeReply } from '../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../support/fakes/fake-vllm.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { manageProcess, type ManagedProcess } from '../support/managed-process.ts'
import { markedDocument } from '../support/marked-document.ts'
import { deepseekReply, dotsReply } from '../support/page-truth.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { readStatus, submitDocument, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PAGES = 24
const SLOTS = 4
/** Pages at the server, and one that has its answer or waits for its turn. */
const IN_FLIGHT = SLOTS + 1
/** As in temporal.api.enums.v1.PendingActivityState. */
const PENDING_STARTED = 2

describe('the only worker of a GPU queue', () => {
  let fake: FakeModelServer
  let stack: Stack
  const resources = new AsyncDisposableStack()
  let worker: ManagedProcess
  const gpuWorker = (settings: Readonly<Record<string, string>>): ManagedProcess => {
    const program = join(import.meta.dirname, '..', '..', 'src/workers/main.ts')
    const started = manageProcess(process.execPath, [program], () => ({
      ...stack.env(),
      OCR_GPU_SLOTS: String(SLOTS),
      ...settings,
    }))
    resources.defer(() => started.end('SIGTERM'))
    return started
  }
  const asked: number[] = []
  before(async () => {
    fake = resources.use(
      await createFakeVllm({
        model: 'dots',
        async reply(body): Promise<FakeReply> {
          const png = sentPng(body)
          asked.push(await readPageNumber(png))
          const reply = await dotsReply(png)
          return reply.kind === 'text' ? { ...reply, delayMs: 40, pieceLength: 20 } : reply
        },
      }),
    )
    // This stack knows nothing of the model server.
    stack = resources.use(await startStack({ stubDelayMs: null }))
    worker = gpuWorker({ OCR_WORKER_ROLES: 'ocr-gpu-dots', OCR_DOTS_URL: fake.url })
  })
  after(() => resources.disposeAsync())

  const untilMissed = (id: string) =>
    until(
      async () => {
        const status = await readStatus(stack.url, id)
        return status?.status === 'processing' && status.queued_reason === 'NO_WORKER'
      },
      'the document waits for a worker',
      // One that was killed counts as there for 75 s.
      180_000,
    )
  /** Pages of a document that have not ended: all, those in a worker's hands, those tried before. */
  const openPages = async (id: string) => {
    const { raw } = await stack.client.workflow.getHandle(`document-${id}`).describe()
    const pages = (raw.pendingActivities ?? []).filter(({ activityId }) =>
      activityId?.startsWith('page-'),
    )
    const started = pages.filter(({ state }) => state === PENDING_STARTED)
    const tried = pages.filter(({ attempt }) => (attempt ?? 0) > 1)
    return { count: pages.length, started: started.length, tried: tried.length }
  }

  it('is missed visibly, and the document runs when it comes; killed, the next one goes on later', async () => {
    const bytes = new Uint8Array(markedDocument(PAGES, 2))
    const id = await submitDocument(stack.url, bytes, { engine: 'dots' })
    await untilMissed(id)
    assert.equal(fake.requests.length, 0)

    worker.start()
    await until(
      async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= 6,
      '6 pages are done',
      60_000,
    )
    await worker.end('SIGKILL')
    await untilMissed(id)
    const { count, started } = await openPages(id)
    assert.ok(count > 0 && started === 0, `${started} of ${count} pages are in hand`)
    worker.start()

    const status = await waitForEnd(stack.url, id)
    assert.deepEqual([status.status, status.pages.ok], ['completed', PAGES])
    const repeated = asked.length - new Set(asked).size
    assert.ok(repeated <= IN_FLIGHT, `${repeated} pages were read twice`)
    assert.deepEqual(fake.problems, [])
  })

  it('takes no page while its server is away, and takes them again when it is back', async () => {
    fake.goAway()
    await until(
      () => worker.log().includes('no more pages are taken'),
      'the worker noticed',
      60_000,
    )

    const pdf = Buffer.concat([markedDocument(2, 3), Buffer.from('% another\n')])
    const id = await submitDocument(stack.url, new Uint8Array(pdf), { engine: 'dots' })
    await until(async () => (await openPages(id)).count === 2, 'the pages are in line', 60_000)
    // Longer than from one probe to the next: whoever polls takes a page at once.
    await sleep(3_000)
    assert.deepEqual(await openPages(id), { count: 2, started: 0, tried: 0 })
    await fake.comeBack()

    assert.equal((await waitForEnd(stack.url, id)).pages.ok, 2)
  })

  it('for DeepSeek-OCR is a process of its own, with a queue of its own', async () => {
    await using deepseek = await createFakeVllm({
      model: 'deepseek',
      reply: (body) => deepseekReply(sentPng(body)),
    })
    const pdf = Buffer.concat([markedDocument(3, 3), Buffer.from('% a third\n')])
    const id = await submitDocument(stack.url, new Uint8Array(pdf), { engine: 'deepseek' })
    await untilMissed(id)

    gpuWorker({ OCR_WORKER_ROLES: 'ocr-gpu-deepseek', OCR_DEEPSEEK_URL: deepseek.url }).start()

    assert.equal((await waitForEnd(stack.url, id)).pages.ok, 3)
    assert.equal(deepseek.requests.length, 3)
    assert.deepEqual(deepseek.problems, [])
  })
})
