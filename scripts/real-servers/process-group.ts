import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** A program and what it starts, in a process group of their own. */
export interface ProcessGroup extends AsyncDisposable {
  readonly pid: number
  readonly hasExited: boolean
  /** Resolves with the exit code of the program; `null` when a signal ended it. */
  readonly exited: Promise<number | null>
  /** The end of what was written to `logFile`. */
  logTail(): Promise<string>
  /** Ends the whole group: SIGTERM, after 5 s SIGKILL. Does nothing when it is gone. */
  [Symbol.asyncDispose](): Promise<void>
}

/** How to start a program. */
export type Command = {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** Set over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
}

const TERMINATION_GRACE_MS = 5_000
const POLL_MS = 50
const LOG_TAIL_CHARACTERS = 4_096

/**
 * Starts a program without a shell; it dies with this process, unless that one is killed with
 * SIGKILL.
 *
 * @param logFile gets its output; `null`: the output goes to ours
 * @throws {Error} when the program cannot be started
 */
export async function startProcessGroup(
  { program, args, cwd, env }: Command,
  logFile: string | null,
): Promise<ProcessGroup> {
  const log = logFile === null ? null : openSync(logFile, 'a')
  const stdio: StdioOptions = ['ignore', log ?? 'inherit', log ?? 'inherit']
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio,
    detached: true,
  })
  if (log !== null) closeSync(log)
  await once(child, 'spawn')
  return new StartedGroup(child, logFile)
}

class StartedGroup implements ProcessGroup {
  readonly pid: number
  readonly exited: Promise<number | null>
  readonly #child: ChildProcess
  readonly #logFile: string | null
  readonly #killNow = (): void => void this.#signal('SIGKILL')

  constructor(child: ChildProcess, logFile: string | null) {
    if (child.pid === undefined) throw new Error('A started process has no id')
    this.pid = child.pid
    this.#child = child
    this.#logFile = logFile
    this.exited = once(child, 'exit').then(([exitCode]: unknown[]) =>
      typeof exitCode === 'number' ? exitCode : null,
    )
    process.once('exit', this.#killNow)
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  async logTail(): Promise<string> {
    if (this.#logFile === null) return ''
    return (await readFile(this.#logFile, 'utf8')).slice(-LOG_TAIL_CHARACTERS).trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What the program started can outlive it, so the group is asked, not the program.
    if (!(await this.#end('SIGTERM'))) await this.#end('SIGKILL')
    process.off('exit', this.#killNow)
  }

  async #end(signal: NodeJS.Signals): Promise<boolean> {
    const deadline = Date.now() + TERMINATION_GRACE_MS
    this.#signal(signal)
    while (this.#signal(0)) {
      if (Date.now() > deadline) return false
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    return true
  }

  /** False when the group is gone. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.pid, signal)
    } catch {
      return false
    }
  }
}
