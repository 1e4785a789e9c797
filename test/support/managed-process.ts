import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A program of the product, started by a test, that can be killed and started again. */
export type ManagedProcess = {
  readonly pid: () => number
  /** Standard error since the last start, for the message of a failing test. */
  readonly log: () => string
  readonly isAlive: () => boolean
  /** How it ended by itself; `null` while it runs, or when a signal ended it. */
  readonly exitCode: () => number | null
  /** Sends a signal and does not wait. */
  kill(signal: NodeJS.Signals): void
  start(): void
  /** Sends a signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Describes a program; it is started by `start()`. */
export function manageProcess(
  command: string,
  args: readonly string[],
  env: () => Readonly<Record<string, string>>,
): ManagedProcess {
  let child: ChildProcess | null = null
  let log = ''
  return {
    pid: () => child?.pid ?? -1,
    log: () => log,
    isAlive: () => child !== null && child.exitCode === null && child.signalCode === null,
    exitCode: () => child?.exitCode ?? null,
    kill: (signal) => void child?.kill(signal),
    start() {
      log = ''
      child = spawn(command, args, {
        env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env() },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      child.stderr?.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-20_000)
      })
    },
    async end(signal) {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
  }
}
