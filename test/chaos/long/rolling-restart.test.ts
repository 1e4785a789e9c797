import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../scripts/temporal/ports.ts'
import { manageProcess, type ManagedProcess } from '../../support/managed-process.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import { readPages, waitForEnd } from '../../support/stack-client.ts'
import { startSteadyLoad, type SentDocument } from '../../support/steady-load.ts'
import { startTcpFront, type TcpFront } from '../../support/tcp-front.ts'
import { until } from '../../support/until.ts'

const ROUNDS = 2
/** A busy machine gets one round. */
const NO_NEW_ROUND_AFTER_MS = 60_000
const SLOTS = 2
const GRACE_S = 5
/** Seconds on a machine that does nothing else. */
const BACK_WITHIN_MS = 180_000

describe('a rolling restart of two api and two worker processes under load', () => {
  const setUp = new AsyncDisposableStack()
  let stack: Stack
  let otherWorker: ManagedProcess
  let front: TcpFront
  let apis: readonly { readonly process: ManagedProcess; readonly url: string }[]
  before(async () => {
    const env = { OCR_SHUTDOWN_GRACE_S: String(GRACE_S), OCR_RATE_LIMIT_REQUESTS: '0' }
    stack = setUp.use(await startStack({ stubDelayMs: 100, slots: SLOTS, env }))
    const port = await freePort('127.0.0.1')
    const root = join(import.meta.dirname, '..', '..', '..')
    const program = (path: string, change: Readonly<Record<string, string>>): ManagedProcess =>
      manageProcess(process.execPath, [join(root, path)], () => ({ ...stack.env(), ...change }))
    const otherApi = program('src/api/main.ts', { OCR_PORT: String(port) })
    otherWorker = program('test/support/stub-worker.ts', {})
    apis = [
      { process: stack.api, url: stack.url },
      { process: otherApi, url: `http://127.0.0.1:${port}` },
    ]
    for (const process of [otherApi, otherWorker]) {
      process.start()
      setUp.defer(() => process.end('SIGKILL'))
    }
    for (const { url } of apis) await untilReady(url)
    await untilStarted(otherWorker)
    front = setUp.use(await startTcpFront([Number(new URL(stack.url).port), port]))
  })
  after(() => setUp.disposeAsync())

  it('loses no request, no document and no page, and wastes no work', async (test) => {
    const load = startSteadyLoad(front.url)
    const exitCodes: (number | null)[] = []
    const restarting = restartAll(exitCodes)
    await restarting.catch(() => undefined)
    const report = await load.stop()
    await restarting
    const wasted: number[] = []
    for (const document of report.documents) wasted.push(await assertWhole(document))

    const { requests, serverErrors, broken, lost, documents } = report
    test.diagnostic(
      `${requests} requests, ${documents.length} documents, ${exitCodes.length} restarts: ` +
        `${serverErrors.length} answers of 5xx, ${broken.length} broken connections, ` +
        `${lost.length} lost, ${sum(wasted)} attempts for nothing`,
    )
    assert.deepEqual([serverErrors, lost, front.refused()], [[], [], 0], broken.join('; '))
    assert.deepEqual(new Set(exitCodes), new Set([0]))
    // A connection that a stopping server had not accepted yet is reset by the system.
    assert.ok(broken.length <= exitCodes.length, broken.join('; '))
    assert.ok(sum(wasted) < (exitCodes.length / 2) * SLOTS, `${sum(wasted)} attempts for nothing`)
  })

  /** One after the other, each when the one before is back. */
  async function restartAll(exitCodes: (number | null)[]): Promise<void> {
    const startedAtMs = performance.now()
    for (let round = 0; round < ROUNDS; round++) {
      if (performance.now() - startedAtMs > NO_NEW_ROUND_AFTER_MS) return
      for (const [place, api] of apis.entries()) {
        const worker = [stack.worker, otherWorker][place]
        for (const process of [api.process, ...(worker ? [worker] : [])]) {
          await process.end('SIGTERM')
          exitCodes.push(process.exitCode())
          process.start()
          if (process === worker) await untilStarted(process)
          else await untilReady(api.url)
        }
      }
    }
  }

  /** Fails unless the document ended as it was told; gives the attempts that came to nothing. */
  async function assertWhole({ id, pages, cancelStatus }: SentDocument): Promise<number> {
    const status = await waitForEnd(front.url, id)
    const isCancelled = cancelStatus === 202
    assert.equal(status.status, isCancelled ? 'cancelled' : 'completed', `document ${id}`)
    if (isCancelled) return 0
    const expected = Array.from({ length: pages }, (_, place) => `stub page ${place + 1}`)
    assert.deepEqual(await readPages(front.url, id), expected)
    const { events } = await stack.client.workflow.getHandle(`document-${id}`).fetchHistory()
    return sum(
      (events ?? []).map(
        ({ activityTaskStartedEventAttributes: started }) => (started?.attempt ?? 1) - 1,
      ),
    )
  }
})

async function untilReady(url: string): Promise<void> {
  const isReady = async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200
  await until(isReady, `${url} is ready`, BACK_WITHIN_MS)
}

async function untilStarted(worker: ManagedProcess): Promise<void> {
  await until(
    () => worker.log().includes('worker started'),
    'the worker has started',
    BACK_WITHIN_MS,
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
