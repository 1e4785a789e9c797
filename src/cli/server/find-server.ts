import type { Config } from '../../config/config.ts'
import { CommandError } from '../command-error.ts'
import { createServerClient, type ServerClient } from './server-client.ts'
import { ServerError } from './server-error.ts'

/** A server that answers, and the most that it takes. */
export type FoundServer = { readonly client: ServerClient; readonly maxUploadBytes: number }

/** Where to look. */
export type FindOptions = {
  readonly config: Pick<Config, 'api' | 'commandLine'>
  /** `--server`. */
  readonly serverUrl: string | null
  readonly signal: AbortSignal
  /** Told when the server makes a call of the client wait, the first look included. */
  readonly onWait: (waitMs: number) => void
}

const DEADLINE_MS = 10_000
const LOCAL_DEADLINE_MS = 3_000

/**
 * The server of `--server` or `OCR_SERVER`; without them, the one on `OCR_PORT` of this machine, or
 * `null` where none runs there.
 *
 * @throws {CommandError} when a server was named and does not answer, or any wants a key
 */
export async function findServer(options: FindOptions): Promise<FoundServer | null> {
  const { config, serverUrl, signal, onWait } = options
  const named = serverUrl ?? config.commandLine.serverUrl
  const { apiKey } = config.commandLine
  const client = createServerClient(named ?? localUrl(config.api), apiKey, onWait)
  const deadlineMs = named === null ? LOCAL_DEADLINE_MS : DEADLINE_MS
  try {
    const maxUploadBytes = await client.maxUploadBytes({ signal, deadlineMs, tries: 1 })
    return { client, maxUploadBytes }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    // It is there, and says what it wants.
    if (error.httpStatus === 401)
      throw new CommandError(`Cannot use ${client.url}: ${error.message}`)
    if (named === null) return null
    throw new CommandError(
      `Cannot use ${client.url}: ${error.message}; correct --server or OCR_SERVER, or start it there`,
    )
  }
}

/**
 * As {@link findServer}, for commands that make no sense without a running server.
 *
 * @throws {CommandError} when there is none
 */
export async function requireServer(options: FindOptions): Promise<ServerClient> {
  const found = await findServer(options)
  if (found !== null) return found.client
  throw new CommandError(
    `No server answers at ${localUrl(options.config.api)}: start one with "durable-ocr serve", or name one with --server`,
  )
}

function localUrl({ host, port }: Config['api']): string {
  const isAny = host === '0.0.0.0' || host === '::'
  const name = isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port || 8080}`
}
