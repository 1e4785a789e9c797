import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../until.ts'

/** How a block ended. */
export type BlockEnd = {
  /** Of the last command; `null`: a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A block that runs in a terminal of its own, as it were. */
export type BlockRun = {
  readonly ended: Promise<BlockEnd>
  /** What it has written so far, to either output. */
  readonly said: () => string
  /** Ctrl-C: the signal goes to everything that the terminal has in front. */
  interrupt(): void
}

/** Where and how a block is run. */
export type BlockOptions = {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** For the scripts. */
  readonly directory: string
}

const DEADLINE_MS = 240_000

/**
 * Starts the commands of a block one after the other, up to the first that fails. They are in a file
 * and not on a command line, so that `pkill -f` does not find its own shell.
 */
export async function startBlock(code: string, options: BlockOptions): Promise<BlockRun> {
  const path = join(await mkdtemp(join(options.directory, 'block-')), 'block.sh')
  await writeFile(path, code)
  const child = spawn('bash', ['-e', path], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(
    // The first argument of `close` is the exit code.
    ([exitCode]): BlockEnd => ({ exitCode: exitCode as number | null, stdout, stderr }),
  )
  return {
    ended,
    said: () => stdout + stderr,
    interrupt() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    },
  }
}

/**
 * Waits until a block has said something.
 *
 * @throws {Error} with all that it said, when it ends before, or in four minutes has not
 */
export async function untilSaid(run: BlockRun, text: string): Promise<void> {
  let isOver = false
  void run.ended.then(() => (isOver = true))
  await until(() => isOver || run.said().includes(text), text, DEADLINE_MS).catch(() => undefined)
  if (!run.said().includes(text)) throw new Error(`"${text}" was not said:\n${run.said()}`)
}
