import { setTimeout as delay } from 'node:timers/promises'
import { GracefulShutdownPeriodExpiredError, type Worker } from '@temporalio/worker'
import { workerLogger } from '../platform/logger.ts'
import { probeReason } from './probe-reason.ts'

/** The parts of a Temporal worker that are needed. */
export type PollingWorker = Pick<Worker, 'run' | 'shutdown' | 'getState'>

/** Milliseconds; tests shorten them. */
export type GateTiming = {
  /** Between two probes while the engine is not ready. */
  readonly waitProbeMs: number
  /** Between two probes while pages are taken. */
  readonly watchProbeMs: number
  /** Pages are no longer taken when the last good probe is longer ago. */
  readonly unhealthyMs: number
  readonly probeTimeoutMs: number
}

/** What a worker waits for, and how it is made. */
export type GateOptions = {
  /** For the log. */
  readonly role: string
  readonly probe: (signal: AbortSignal) => Promise<void>
  /** Makes a worker that does not run yet. */
  readonly create: () => Promise<PollingWorker>
  readonly timing: GateTiming
  /** Called after pages have begun to be taken, or have ended. */
  readonly onChange?: (isReady: boolean) => void
}

/** A worker that comes and goes with its engine. Disposing drains it and ends the probing. */
export type GatedWorker = AsyncDisposable & {
  /** Pages are taken. */
  readonly isReady: boolean
  /** Rejects when a worker breaks; resolves after disposal. */
  readonly ended: Promise<void>
}

/** As in production. */
export const GATE_TIMING: GateTiming = {
  waitProbeMs: 2_000,
  watchProbeMs: 5_000,
  unhealthyMs: 10_000,
  probeTimeoutMs: 5_000,
}

/**
 * Polls a queue only while an engine can work: a page that is taken without one would fail, while
 * another worker might have read it.
 */
export function startGatedWorker(options: GateOptions): GatedWorker {
  const gate = new Gate(options)
  const ended = gate.run()
  // Whoever disposes hears of it below; nobody else may have asked.
  ended.catch(() => undefined)
  return {
    get isReady() {
      return gate.isReady
    },
    ended,
    async [Symbol.asyncDispose]() {
      gate.stop()
      await Promise.allSettled([ended])
    },
  }
}

class Gate {
  isReady = false
  readonly #options: GateOptions
  readonly #timing: GateTiming
  readonly #stopping = new AbortController()

  constructor(options: GateOptions) {
    this.#options = options
    this.#timing = options.timing
  }

  stop(): void {
    this.#stopping.abort()
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping
    try {
      while (!signal.aborted) {
        await this.#untilReady()
        await this.#work()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #untilReady(): Promise<void> {
    let told: string | null = null
    for (;;) {
      const reason = await this.#probe()
      if (reason === null) return
      if (reason !== told) this.#log('warn', 'no pages are taken: the engine is not ready', reason)
      told = reason
      await delay(this.#timing.waitProbeMs, undefined, { signal: this.#stopping.signal })
    }
  }

  async #work(): Promise<void> {
    const worker = await this.#options.create()
    const running = worker.run()
    const watching = new AbortController()
    this.#setReady(true)
    this.#log('info', 'pages are taken: the engine is ready')
    try {
      const signal = AbortSignal.any([this.#stopping.signal, watching.signal])
      const reason = await Promise.race([this.#untilUnhealthy(signal), running])
      if (typeof reason === 'string')
        this.#log('warn', 'no more pages are taken: the engine does not answer', reason)
    } finally {
      this.#setReady(false)
      watching.abort()
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await running.catch((error: unknown) => {
        // Pages that did not stop when told to; they run again elsewhere. No reason to end everything.
        if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error
        this.#log('warn', 'pages did not stop in time')
      })
    }
  }

  /** Answers why the engine counts as unhealthy; `null` when it is time to stop. */
  async #untilUnhealthy(signal: AbortSignal): Promise<string | null> {
    let healthyAtMs = performance.now()
    while (!signal.aborted) {
      try {
        await delay(this.#timing.watchProbeMs, undefined, { signal })
        const reason = await this.#probe()
        const nowMs = performance.now()
        if (reason === null) healthyAtMs = nowMs
        else if (nowMs - healthyAtMs > this.#timing.unhealthyMs) return reason
      } catch (error) {
        if (!signal.aborted) throw error
      }
    }
    return null
  }

  #setReady(isReady: boolean): void {
    this.isReady = isReady
    this.#options.onChange?.(isReady)
  }

  #probe(): Promise<string | null> {
    const { probe } = this.#options
    const { signal } = this.#stopping
    return probeReason({ probe, timeoutMs: this.#timing.probeTimeoutMs, signal })
  }

  #log(level: 'info' | 'warn', message: string, reason?: string): void {
    workerLogger[level]({ role: this.#options.role, ...(reason ? { reason } : {}) }, message)
  }
}
