import { fileURLToPath } from 'node:url'
import { isFailureCode } from '../contract/failures.ts'
import { OcrError } from './errors.ts'
import { ProcessRun, throwIfAborted } from './process-run.ts'
import { readRssBytes, type ProcessGuard } from './process-watchdog.ts'

/** How a guarded Node program is started. */
export type GuardedProcessOptions = {
  /** The program: a `.ts` file that calls `serveGuardedRequests`. */
  readonly entry: URL
  /** For messages. */
  readonly name: string
  readonly maxRssBytes: number
  /** V8 heap in MiB, 512 by default; buffers and canvases do not count. */
  readonly maxOldSpaceMb?: number
  /** The whole environment besides `PATH` and `LANG`. */
  readonly env?: Readonly<Record<string, string>>
}

/** Bounds of one request. */
export type GuardedRequestOptions = {
  readonly wallClockMs: number
  readonly signal: AbortSignal
  /** Bytes of the JSON reply, 8 MiB by default. */
  readonly maxReplyBytes?: number
}

/**
 * A Node program in a process of its own that may be killed at any moment without harm to us.
 *
 * It takes one request at a time. After a kill or a crash it is dead for good: start another one.
 * While idle it keeps no event loop alive, and it dies with this process, however that one ends.
 */
export interface GuardedProcess extends AsyncDisposable {
  readonly alive: boolean
  readonly pid: number | null
  /** Resident memory in bytes; `null` when the process is gone or the host has no `/proc`. */
  rssBytes(): number | null
  /**
   * Sends one message (anything that JSON can carry) and gives the value of the reply.
   *
   * @throws {OcrError} the code that the program answered (the process lives on), or after its end
   *   `TOO_COMPLEX` (memory guard, heap abort, reply too large), `PAGE_TIMEOUT`, `PROGRAM_FAILED`.
   * @throws the signal's reason, or an `AbortError`, when the signal fires: the process is killed
   */
  request(message: unknown, options: GuardedRequestOptions): Promise<unknown>
}

/** A foreign program and its bounds. */
export type GuardedProgramOptions = ProcessGuard & {
  readonly args: readonly string[]
  readonly stdin?: Uint8Array
  /** The whole environment besides `PATH` and `LANG`. */
  readonly env: Readonly<Record<string, string>>
  readonly maxOutputBytes: number
}

/** What a foreign program left. `stderrTail` is its end only. */
export type GuardedProgramResult = {
  readonly stdout: Buffer
  readonly stderrTail: string
  readonly exitCode: number
}

const DEFAULT_OLD_SPACE_MB = 512
const DEFAULT_REPLY_BYTES = 8 * 1024 * 1024
const NEWLINE = 10

/** Starts a guarded Node program. The first request waits for it to be up (about 0.1-0.5 s). */
export function startGuardedProcess(options: GuardedProcessOptions): GuardedProcess {
  return new GuardedNodeProcess(options)
}

/**
 * Runs a foreign program to its end, under guard, and gives what it wrote.
 *
 * Any exit code is returned: what it means is known where that program is wrapped.
 *
 * @throws {OcrError} `PROGRAM_MISSING`, `TOO_COMPLEX` (memory, output too large), `PAGE_TIMEOUT`,
 *   `PROGRAM_FAILED` (killed by a signal, not startable)
 * @throws the signal's reason, or an `AbortError`, when the signal fires
 */
export async function runGuardedProgram(
  command: string,
  options: GuardedProgramOptions,
): Promise<GuardedProgramResult> {
  throwIfAborted(options.signal)
  const run = new ProcessRun(command, command, {
    args: options.args,
    env: options.env,
  })
  const chunks: Buffer[] = []
  let sizeBytes = 0
  run.child.stdout.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes > options.maxOutputBytes) run.kill('output')
    else chunks.push(chunk)
  })
  const stopWatching = run.watch(options)
  run.child.stdin.end(options.stdin)
  await run.closed
  stopWatching()
  if (run.exitCode === null || run.killedFor !== null) throw run.failure(options.signal)
  return { stdout: Buffer.concat(chunks), stderrTail: run.stderrTail, exitCode: run.exitCode }
}

class GuardedNodeProcess implements GuardedProcess {
  readonly #run: ProcessRun
  readonly #maxRssBytes: number
  #pending: { maxReplyBytes: number; settle: (line: Buffer) => void } | null = null
  #received: Buffer[] = []
  #receivedBytes = 0

  constructor(options: GuardedProcessOptions) {
    this.#maxRssBytes = options.maxRssBytes
    this.#run = new ProcessRun(options.name, process.execPath, {
      args: [
        `--max-old-space-size=${options.maxOldSpaceMb ?? DEFAULT_OLD_SPACE_MB}`,
        fileURLToPath(options.entry),
        // The child compares it with its own ppid, so that a parent that died early is noticed too.
        String(process.pid),
      ],
      env: options.env ?? {},
    })
    const { child } = this.#run
    this.#run.setHold(false)
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  get alive(): boolean {
    return this.#run.alive
  }

  get pid(): number | null {
    return this.#run.child.pid ?? null
  }

  rssBytes(): number | null {
    return this.alive && this.pid !== null ? readRssBytes(this.pid) : null
  }

  async request(message: unknown, options: GuardedRequestOptions): Promise<unknown> {
    const run = this.#run
    if (this.#pending !== null) throw new Error(`${run.name} takes one request at a time`)
    throwIfAborted(options.signal)
    if (!run.alive) throw run.failure(options.signal)
    const reply = new Promise<Buffer>((resolve) => {
      const maxReplyBytes = options.maxReplyBytes ?? DEFAULT_REPLY_BYTES
      this.#pending = { maxReplyBytes, settle: resolve }
    })
    const stopWatching = run.watch({ ...options, maxRssBytes: this.#maxRssBytes })
    try {
      run.child.stdin.write(`${JSON.stringify(message)}\n`)
      const line = await Promise.race([reply, run.closed])
      if (line === null) throw run.failure(options.signal)
      return this.#read(line, options.signal)
    } finally {
      stopWatching()
      this.#pending = null
      if (!run.alive) await run.closed
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run.kill('disposed')
    await this.#run.closed
  }

  #receive(chunk: Buffer): void {
    const end = chunk.indexOf(NEWLINE)
    this.#receivedBytes += end < 0 ? chunk.length : end
    if (this.#pending === null) return this.#run.kill('garbage')
    if (this.#receivedBytes > this.#pending.maxReplyBytes) return this.#run.kill('output')
    this.#received.push(end < 0 ? chunk : chunk.subarray(0, end))
    if (end < 0) return
    const line = Buffer.concat(this.#received)
    this.#received = []
    this.#receivedBytes = 0
    if (end < chunk.length - 1) return this.#run.kill('garbage')
    this.#pending.settle(line)
  }

  #read(line: Buffer, signal: AbortSignal): unknown {
    const reply = parseReply(line.toString('utf8'))
    if (reply === null) {
      this.#run.kill('garbage')
      throw this.#run.failure(signal)
    }
    if (reply.ok) return reply.value
    throw new OcrError(
      isFailureCode(reply.code) ? reply.code : 'PROGRAM_FAILED',
      `Cannot get an answer of ${this.#run.name}: ${reply.message}`,
    )
  }
}

type Reply = { ok: true; value: unknown } | { ok: false; code: unknown; message: string }

function parseReply(line: string): Reply | null {
  let reply: unknown
  try {
    reply = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return null
  if (reply.ok === true) return { ok: true, value: 'value' in reply ? reply.value : null }
  if (!('code' in reply) || !('message' in reply)) return null
  return { ok: false, code: reply.code, message: String(reply.message) }
}
