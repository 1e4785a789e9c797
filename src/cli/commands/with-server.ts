import { exitOnConfigError } from '../../config/config-error.ts'
import { loadConfig } from '../../config/config.ts'
import { CommandError, EXIT_CODE } from '../command-error.ts'
import { listenForInterrupt } from '../interrupt.ts'
import { noteWaits } from '../reading/note-waits.ts'
import { requireServer } from '../server/find-server.ts'
import type { ServerClient } from '../server/server-client.ts'
import { ServerError } from '../server/server-error.ts'

/** What a command about documents on a server works with. */
export type ServerCommand = { readonly client: ServerClient; readonly signal: AbortSignal }

/**
 * Runs a command that asks a running server; gives its exit code, or that of Ctrl-C.
 *
 * @throws {CommandError} when there is no server, or it refuses
 */
export async function withServer(
  serverUrl: string | undefined,
  work: (command: ServerCommand) => Promise<number>,
): Promise<number> {
  using interrupt = listenForInterrupt()
  const { signal } = interrupt
  process.stdout.on('error', () => interrupt.request(EXIT_CODE.outputClosed))
  try {
    const config = exitOnConfigError(() => loadConfig())
    const onWait = noteWaits({ note: (line) => void process.stderr.write(`${line}\n`) })
    const client = await requireServer({ config, serverUrl: serverUrl ?? null, signal, onWait })
    return await work({ client, signal })
  } catch (error) {
    const exitCode = interrupt.exitCode()
    if (exitCode !== null) return exitCode
    if (error instanceof ServerError)
      throw new CommandError(error.message, EXIT_CODE.failed, { cause: error })
    throw error
  }
}
