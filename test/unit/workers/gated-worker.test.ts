import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { GracefulShutdownPeriodExpiredError } from '@temporalio/worker'
import { OcrError } from '../../../src/platform/errors.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { startGatedWorker, type PollingWorker } from '../../../src/workers/gated-worker.ts'
import { until } from '../../support/until.ts'

const TIMING = { waitProbeMs: 5, watchProbeMs: 5, unhealthyMs: 30, probeTimeoutMs: 1_000 }

/** A worker that runs until it is told to stop, or breaks. */
class FakeWorker implements PollingWorker {
  readonly #run = Promise.withResolvers<void>()
  isShutDown = false

  run(): Promise<void> {
    return this.#run.promise
  }

  /** Thrown by `run` when it is told to stop. */
  failureAtShutdown: Error | null = null

  shutdown(): void {
    this.isShutDown = true
    if (this.failureAtShutdown === null) this.#run.resolve()
    else this.#run.reject(this.failureAtShutdown)
  }

  break(error: Error): void {
    this.#run.reject(error)
  }

  getState(): 'RUNNING' | 'STOPPED' {
    return this.isShutDown ? 'STOPPED' : 'RUNNING'
  }
}

function startFakeGate({ isHealthy = true } = {}) {
  const engine = { isHealthy, probes: 0 }
  const workers: FakeWorker[] = []
  const gate = startGatedWorker({
    role: 'ocr-gpu-dots',
    timing: TIMING,
    probe: async () => {
      engine.probes++
      if (!engine.isHealthy) throw new OcrError('ENGINE_UNREACHABLE', 'Cannot reach it: refused')
    },
    create: async () => {
      const worker = new FakeWorker()
      workers.push(worker)
      return worker
    },
  })
  return { gate, engine, workers }
}

before(() => setLogLevel('silent'))

describe('startGatedWorker', () => {
  it('goes on when pages did not stop in time', async () => {
    const { gate, engine, workers } = startFakeGate()
    await until(() => gate.isReady, 'pages are taken')
    const [first] = workers
    assert.ok(first)
    first.failureAtShutdown = new GracefulShutdownPeriodExpiredError('too late')

    engine.isHealthy = false
    await until(() => first.isShutDown, 'it is told to stop')
    engine.isHealthy = true

    await until(() => workers.length === 2 && gate.isReady, 'pages are taken again')
    await gate[Symbol.asyncDispose]()
  })

  it('takes no pages before the engine is ready', async () => {
    const { gate, engine, workers } = startFakeGate({ isHealthy: false })
    await until(() => engine.probes >= 3, 'it has asked three times')

    assert.equal(workers.length, 0)
    assert.equal(gate.isReady, false)

    engine.isHealthy = true
    await until(() => gate.isReady, 'pages are taken')
    assert.equal(workers.length, 1)
    await gate[Symbol.asyncDispose]()
  })

  it('stops taking pages when the engine is gone, and takes them again when it is back', async () => {
    const { gate, engine, workers } = startFakeGate()
    await until(() => gate.isReady, 'pages are taken')

    engine.isHealthy = false
    await until(() => !gate.isReady, 'no more pages are taken')
    assert.equal(workers[0]?.isShutDown, true)

    engine.isHealthy = true
    await until(() => gate.isReady, 'pages are taken again')
    assert.equal(workers.length, 2)
    await gate[Symbol.asyncDispose]()
  })

  it('goes on through a hiccup', async () => {
    let failures = 2
    const worker = new FakeWorker()
    let probes = 0
    await using gate = startGatedWorker({
      role: 'ocr-gpu-dots',
      timing: { ...TIMING, unhealthyMs: 60_000 },
      probe: async () => {
        probes++
        if (probes > 1 && failures-- > 0) throw new OcrError('ENGINE_TIMED_OUT', 'Cannot reach it')
      },
      create: async () => worker,
    })

    await until(() => probes >= 6, 'it has been asked again and again')

    assert.equal(gate.isReady, true)
    assert.equal(worker.isShutDown, false)
  })

  it('gives up on a probe that hangs', async () => {
    let probes = 0
    await using gate = startGatedWorker({
      role: 'ocr-gpu-dots',
      timing: { ...TIMING, probeTimeoutMs: 10 },
      probe: (signal) => {
        probes++
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        })
      },
      create: async () => new FakeWorker(),
    })

    await until(() => probes >= 3, 'it has asked three times')

    assert.equal(gate.isReady, false)
  })

  it('ends at once while it waits for the engine', async () => {
    const { gate, workers } = startFakeGate({ isHealthy: false })

    await gate[Symbol.asyncDispose]()
    await gate.ended

    assert.equal(workers.length, 0)
  })

  it('drains its worker when it ends', async () => {
    const { gate, workers } = startFakeGate()
    await until(() => gate.isReady, 'pages are taken')

    await gate[Symbol.asyncDispose]()
    await gate.ended

    assert.equal(workers[0]?.isShutDown, true)
  })

  it('ends with the error of a worker that breaks', async () => {
    const { gate, workers } = startFakeGate()
    await until(() => gate.isReady, 'pages are taken')
    const broken = new Error('broken')

    workers[0]?.break(broken)

    await assert.rejects(gate.ended, broken)
    await gate[Symbol.asyncDispose]()
  })
})
