import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** How `durable-ocr` ended. */
export type CliEnd = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running `durable-ocr`, with what it has written so far. */
export type CliRun = {
  readonly child: ChildProcess
  readonly ended: Promise<CliEnd>
  readonly stdout: () => string
  readonly stderr: () => string
}

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'durable-ocr.cjs')

/** Starts the command line as a person does: by its launcher, with pipes in place of a terminal. */
export function startCli(
  args: readonly string[],
  options: {
    readonly cwd: string
    readonly env?: Readonly<Record<string, string>>
    readonly stdin?: string | Uint8Array
  },
): CliRun {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  // It may have ended without reading.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  const ended = once(child, 'close').then(
    // The first argument of `close` is the exit code.
    ([exitCode]): CliEnd => ({ exitCode: exitCode as number | null, stdout, stderr }),
  )
  return { child, ended, stdout: () => stdout, stderr: () => stderr }
}
