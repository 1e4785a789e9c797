import { writeSync } from 'node:fs'

/** Exit code of a process whose configuration is wrong (`EX_CONFIG` of sysexits.h). */
export const CONFIG_EXIT_CODE = 78

/** Wrong configuration: every mistake at once, one line each, fit for the person who made them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** `OCR_PORT="x": expected …`, without the values of secrets. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/**
 * Runs what reads the configuration; a {@link ConfigError} ends the process with exit code 78 and
 * its lines on stderr, without a stack.
 *
 * @example const config = exitOnConfigError(() => loadConfig())
 */
export function exitOnConfigError<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    tellConfigError(error)
    process.exit(CONFIG_EXIT_CODE)
  }
}

/** Writes the lines of a configuration that is wrong to stderr; the process may end at once after it. */
export function tellConfigError({ problems }: ConfigError): void {
  // Synchronous: process.exit would cut an asynchronous write to a pipe.
  writeSync(2, `Cannot start: the configuration is wrong\n${indent(problems)}\n`)
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}
