import { CommanderError } from 'commander'
import { CommandError, EXIT_CODE } from './command-error.ts'
import { createProgram } from './create-program.ts'

const program = createProgram((exitCode) => (process.exitCode = exitCode))
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** A person's mistake is one sentence; everything else is a bug with its stack. */
function report(error: unknown): number {
  // Said already, unless it was the help that was asked for.
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? EXIT_CODE.done : EXIT_CODE.usage
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`durable-ocr: ${error.message}\n`)
  return error.exitCode
}
