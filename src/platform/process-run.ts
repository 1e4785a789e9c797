import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { OcrError } from './errors.ts'
import { publishProcessEvent } from './guarded-process-events.ts'
import { lowerPriority } from './low-priority.ts'
import {
  killProcessGroup,
  startWatchdog,
  type GuardTrip,
  type ProcessGuard,
} from './process-watchdog.ts'

// Nothing of the worker's environment (keys, proxies) reaches a child, not even its PATH.
const BASE_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin',
  LANG: 'C.UTF-8',
}
const STDERR_TAIL_CHARACTERS = 2_000

/** One run of a program in its own process group: how it ends, and what that end means. */
export class ProcessRun {
  readonly name: string
  readonly child: ChildProcessWithoutNullStreams
  /** Settles when the process is gone and its pipes are closed. Never rejects. */
  readonly closed: Promise<null>
  exitCode: number | null = null
  killedFor: GuardTrip | 'output' | 'garbage' | 'disposed' | null = null
  stderrTail = ''
  #signalName: string | null = null
  #spawnError: Error | null = null
  #ended = false

  constructor(
    name: string,
    command: string,
    options: { args: readonly string[]; env: Readonly<Record<string, string>> },
  ) {
    this.name = name
    this.child = spawn(command, options.args, {
      detached: true,
      env: { ...BASE_ENV, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    // At once: threads have the priority of the one that starts them.
    if (this.child.pid !== undefined) lowerPriority(this.child.pid)
    this.child.on('error', (error) => {
      this.#spawnError = error
      this.#ended = true
    })
    this.child.on('exit', (exitCode, signalName) => {
      this.#ended = true
      this.exitCode = exitCode
      this.#signalName = signalName
    })
    // Writing to a process that has just died is not news: its end is what gets reported.
    this.child.stdin.on('error', () => {})
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_TAIL_CHARACTERS)
    })
    this.closed = once(this.child, 'close').then(
      () => null,
      () => null,
    )
    publishProcessEvent({ program: name, end: null })
    void this.closed.then(() => {
      const ownEnd = this.exitCode === 0 ? 'done' : 'failed'
      publishProcessEvent({ program: name, end: this.killedFor ?? ownEnd })
    })
  }

  get alive(): boolean {
    return !this.#ended && this.killedFor === null
  }

  watch(guard: ProcessGuard): () => void {
    const { pid } = this.child
    return pid === undefined ? () => {} : startWatchdog(pid, guard, (trip) => this.kill(trip))
  }

  /** Whether this process and its pipes keep our event loop alive; they do at first. */
  setHold(isHeld: boolean): void {
    const handles = [this.child, ...this.child.stdio.filter((stream) => stream instanceof Socket)]
    for (const handle of handles) {
      if (isHeld) handle.ref()
      else handle.unref()
    }
  }

  kill(reason: NonNullable<ProcessRun['killedFor']>): void {
    if (!this.alive) return
    this.killedFor = reason
    // Whoever waits for the end now must not find the event loop empty.
    this.setHold(true)
    if (this.child.pid !== undefined) killProcessGroup(this.child.pid)
  }

  /** What to throw, now that the program is dead or about to be. */
  failure(signal: AbortSignal): Error {
    const { name } = this
    switch (this.killedFor) {
      case 'abort':
        return abortErrorOf(signal)
      case 'memory':
        return new OcrError('TOO_COMPLEX', `Cannot finish ${name}: memory guard`)
      case 'output':
        return new OcrError('TOO_COMPLEX', `Cannot finish ${name}: output is too large`)
      case 'time':
        return new OcrError('PAGE_TIMEOUT', `Cannot finish ${name}: time guard`)
      case 'garbage':
        return new OcrError('PROGRAM_FAILED', `Cannot understand ${name}: not its protocol`)
      case 'disposed':
        return new OcrError('PROGRAM_FAILED', `Cannot use ${name}: it was closed`)
      case null:
        return this.#crash()
    }
  }

  #crash(): OcrError {
    const cause = this.#spawnError
    if (cause !== null) {
      const isMissing = 'code' in cause && cause.code === 'ENOENT'
      const code = isMissing ? 'PROGRAM_MISSING' : 'PROGRAM_FAILED'
      return new OcrError(code, `Cannot start ${this.name}`, { cause })
    }
    // V8 aborts when its heap is full.
    const code = this.#signalName === 'SIGABRT' ? 'TOO_COMPLEX' : 'PROGRAM_FAILED'
    const end = this.#signalName ?? `exit code ${this.exitCode}`
    return new OcrError(code, `Cannot finish ${this.name}: ${end}; stderr: ${this.stderrTail}`)
  }
}

/** Throws what an aborted operation throws: the reason of the signal if it is an error. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortErrorOf(signal)
}

function abortErrorOf(signal: AbortSignal): Error {
  if (signal.reason instanceof Error) return signal.reason
  return new DOMException('The operation was aborted', 'AbortError')
}
