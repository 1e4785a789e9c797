import { runProgram } from './run-program.ts'

const OLDEST_CLI = [1, 5, 1] as const

/** The version that a Temporal CLI reports, such as `1.8.2`; `null` when it does not run. */
export async function readCliVersion(path: string): Promise<string | null> {
  const { exitCode, output } = await runProgram(path, ['--version'], { timeoutMs: 20_000 })
  return exitCode === 0 ? (/temporal version (\d+\.\d+\.\d+)/.exec(output)?.[1] ?? null) : null
}

/** Tells whether a version knows every flag that we start a server with (1.5.1 and later). */
export function isRecentEnough(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [position, oldest] of OLDEST_CLI.entries()) {
    const part = parts[position] ?? 0
    if (part !== oldest) return part > oldest
  }
  return true
}
