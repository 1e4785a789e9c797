import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Readable } from 'node:stream'
import { CONFIG_EXIT_CODE } from '../../src/config/config-error.ts'
import { coerceError } from '../../src/platform/errors.ts'

/** A part of the product that runs as a process. */
export type RunningPart = {
  /** Settles with the exit code, `null` when a signal ended it. */
  readonly exited: Promise<number | null>
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

/** How to keep a part running. */
export type KeepOptions = {
  readonly name: string
  readonly start: () => Promise<RunningPart>
  readonly say: (line: string) => void
  /** Ends the part and the restarts. */
  readonly signal: AbortSignal
  /** First pause between two starts; doubles up to 30 s. */
  readonly firstPauseMs?: number
}

/** How to run a Node program as a part. */
export type NodePartOptions = {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onOutput: (output: Readable) => void
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeoutMs: number
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** A part that ran as long as that is not failing at every start. */
const STEADY_MS = 60_000

/** Starts a Node program. */
export function startNodePart(options: NodePartOptions): RunningPart {
  const child = spawn(process.execPath, options.args, {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { promise: exited, resolve } = Promise.withResolvers<number | null>()
  child.once('error', () => resolve(null))
  child.once('exit', (exitCode) => resolve(exitCode))
  options.onOutput(child.stdout)
  options.onOutput(child.stderr)
  return {
    exited,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), options.stopTimeoutMs)
      await exited
      clearTimeout(timer)
    },
  }
}

/**
 * Starts a part again whenever it dies, with growing pauses, until the signal fires; settles when
 * the part is gone.
 *
 * @throws {Error} when the part refuses its configuration: no restart would help
 */
export async function keepRunning(options: KeepOptions): Promise<void> {
  const { name, say, signal } = options
  const firstPauseMs = options.firstPauseMs ?? FIRST_PAUSE_MS
  let pauseMs = firstPauseMs
  while (!signal.aborted) {
    const startedAtMs = Date.now()
    const ending = await runOnce(options)
    if (signal.aborted) return
    if (ending === `exit code ${CONFIG_EXIT_CODE}`)
      throw new Error(`The ${name} refuses the configuration`)
    if (Date.now() - startedAtMs > STEADY_MS) pauseMs = firstPauseMs
    say(`The ${name} ended (${ending}); it is started again in ${pauseMs / 1000} s`)
    await delay(pauseMs, undefined, { signal }).catch(() => undefined)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

async function runOnce({ start, signal }: KeepOptions): Promise<string> {
  let part: RunningPart
  try {
    part = await start()
  } catch (error) {
    return coerceError(error).message
  }
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>()
  const onAbort = (): void => resolve('aborted')
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    const ending = await Promise.race([part.exited, aborted])
    if (ending === 'aborted') await part.stop()
    return ending === null ? 'killed by a signal' : `exit code ${ending}`
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
