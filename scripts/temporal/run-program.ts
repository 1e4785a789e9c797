import { spawn } from 'node:child_process'

/** How a program ended; `output` holds the last 8 KB of stdout and stderr. */
export type ProgramResult = { readonly exitCode: number | null; readonly output: string }

/** How to run a program. */
export type RunOptions = {
  readonly cwd?: string
  /** Set over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Called every 10 s while the program runs, with the seconds gone by. */
  readonly onAlive?: (elapsedSeconds: number) => void
}

const SIGN_OF_LIFE_MS = 10_000
const OUTPUT_TAIL_CHARACTERS = 8_192

/** Runs a program to its end without a shell. A program that cannot be started has exit code `null`. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<ProgramResult> {
  const { promise, resolve } = Promise.withResolvers<ProgramResult>()
  let output = ''
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const keepTail = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_TAIL_CHARACTERS)
  }
  child.stdout.on('data', keepTail)
  child.stderr.on('data', keepTail)
  child.on('error', (error) => resolve({ exitCode: null, output: error.message }))
  child.on('close', (exitCode) => resolve({ exitCode, output }))

  // Not the option of spawn: its timer outlives a program that could not be started.
  const killer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  const startedAtMs = Date.now()
  const timer = setInterval(
    () => options.onAlive?.(Math.round((Date.now() - startedAtMs) / 1000)),
    SIGN_OF_LIFE_MS,
  )
  try {
    return await promise
  } finally {
    clearInterval(timer)
    clearTimeout(killer)
    process.off('exit', killNow)
  }
}
