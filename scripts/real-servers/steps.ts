import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { startProcessGroup, type Command } from './process-group.ts'

/** A failure that its message explains; anything else is a bug. */
export class ExpectedFailure extends Error {}

/** Runs programs one after the other until the user wants to stop. */
export type Steps = {
  readonly say: (line: string) => void
  /** Rejects when the user wants to stop; never resolves. */
  readonly interrupted: Promise<never>
  /**
   * Runs a program to its end.
   *
   * @param logFile gets its output; `null`: the output is shown
   * @throws {ExpectedFailure} when it fails, or the user wants to stop: it is ended first
   */
  readonly run: (command: Command, logFile: string | null) => Promise<void>
}

/** A program that must be on PATH, by any of its names. */
export type NeededProgram = { readonly names: readonly string[]; readonly debianPackage: string }

/** What runs the steps of an installation and of the tests, until the signal fires. */
export function createSteps(say: (line: string) => void, signal: AbortSignal): Steps {
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(new ExpectedFailure('Interrupted')), { once: true })
  // It may fire between two steps; the next one notices.
  interrupted.catch(() => undefined)
  return {
    say,
    interrupted,
    run: async (command, logFile) => await runStep(command, logFile, interrupted),
  }
}

/**
 * Checks that programs are there.
 *
 * @throws {ExpectedFailure} names those that are missing
 */
export function requirePrograms(purpose: string, programs: readonly NeededProgram[]): void {
  const missing = programs.filter(({ names }) => !names.some(isOnPath))
  if (missing.length === 0) return
  const names = missing.map((program) => program.names.join(' or '))
  const packages = missing.map(({ debianPackage }) => debianPackage)
  throw new ExpectedFailure(
    `Cannot ${purpose}: ${names.join(', ')} not found on PATH (Debian: apt install ${packages.join(' ')})`,
  )
}

async function runStep(
  command: Command,
  logFile: string | null,
  interrupted: Promise<never>,
): Promise<void> {
  await using group = await startProcessGroup(command, logFile)
  const exitCode = await Promise.race([group.exited, interrupted])
  if (exitCode === 0) return
  const name = [command.program, ...command.args.slice(0, 3)].join(' ')
  throw new ExpectedFailure(`${name} … failed (${exitCode})\n${await group.logTail()}`)
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return directory !== ''
    } catch {
      return false
    }
  })
}
