import { CONFIG_EXIT_CODE } from '../config/config-error.ts'

/** How the command line ends. */
export const EXIT_CODE = {
  done: 0,
  failed: 1,
  usage: 2,
  configuration: CONFIG_EXIT_CODE,
  interrupted: 130,
  terminated: 143,
  /** Whoever reads our output has left; as a shell reports SIGPIPE. */
  outputClosed: 141,
} as const

/** What a command cannot do, in one sentence for the person who typed it, and how to end. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT_CODE.failed, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** A command that was not understood: exit code 2. */
export function usageError(message: string): CommandError {
  return new CommandError(message, EXIT_CODE.usage)
}
