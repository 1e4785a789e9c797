import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import type { FakeReply } from '../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../support/fakes/fake-vllm.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { manageProcess, type ManagedProcess } from '../support/managed-process.ts'
import { markedDocument } from '../support/marked-document.ts'
import { dotsReply } from '../support/page-truth.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { readStatus, submitDocument, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PAGES = 24
const SLOTS = 4
/** Pages at the server, and one that has its answer or waits for its turn. */
const IN_FLIGHT = SLOTS + 1

describe('the only worker of a GPU queue', () => {
  let fake: FakeModelServer
  let stack: Stack
  const resources = new AsyncDisposableStack()
  let worker: ManagedProcess
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
    const program = join(import.meta.dirname, '..', '..', 'src/workers/main.ts')
    worker = manageProcess(process.execPath, [program], () => ({
      ...stack.env(),
      OCR_WORKER_ROLES: 'ocr-gpu-dots',
      OCR_DOTS_URL: fake.url,
      OCR_GPU_SLOTS: String(SLOTS),
    }))
    resources.defer(() => worker.end('SIGTERM'))
  })
  after(() => resources.disposeAsync())

  it('is missed visibly, and the document runs when it comes; killed, another one goes on', async () => {
    const bytes = new Uint8Array(markedDocument(PAGES, 2))
    const id = await submitDocument(stack.url, bytes, { engine: 'dots' })
    await until(async () => {
      const status = await readStatus(stack.url, id)
      return status?.status === 'processing' && status.queued_reason === 'NO_WORKER'
    }, 'the document waits for a worker')

    worker.start()
    await until(async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= 6, '6 pages')
    await worker.end('SIGKILL')
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
    await fake.comeBack()

    assert.equal((await waitForEnd(stack.url, id)).pages.ok, 2)
  })
})
