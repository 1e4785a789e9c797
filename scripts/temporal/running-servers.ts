import { readdirSync, readFileSync } from 'node:fs'

/** A Temporal dev server that runs on this machine. */
export type RunningServer = {
  readonly pid: number
  readonly address: string
  readonly uiUrl: string | null
}

/** Tells whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * The dev server that has a database file open, by its command line; `null` where there is none or
 * where the system has no /proc. It is the second fence behind the lock file: it also sees a server
 * whose launcher died before it could write its pid.
 */
export function findServerOfDatabase(databaseFile: string): RunningServer | null {
  for (const entry of readdirOrEmpty('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const args = commandLineOf(Number(entry))
    if (!args.includes('start-dev') || valueOf(args, '--db-filename') !== databaseFile) continue
    const ip = valueOf(args, '--ip') ?? '127.0.0.1'
    const uiPort = valueOf(args, '--ui-port')
    return {
      pid: Number(entry),
      address: `${ip}:${valueOf(args, '--port') ?? '7233'}`,
      uiUrl: uiPort === null ? null : `http://${ip}:${uiPort}`,
    }
  }
  return null
}

/** Arguments of a process; empty when it is gone or the system does not tell. */
export function commandLineOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function valueOf(args: readonly string[], flag: string): string | null {
  const position = args.indexOf(flag)
  return position < 0 ? null : (args[position + 1] ?? null)
}

function readdirOrEmpty(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
