import type { ResultFormat } from '../../storage/object-keys.ts'
import type { Input } from '../inputs/input.ts'
import type { Reporter } from '../progress/run-event.ts'
import type { ServerClient } from '../server/server-client.ts'

/** What all documents of one command share. */
export type Run = {
  readonly client: ServerClient
  readonly maxUploadBytes: number
  readonly reporter: Reporter
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** `engine`, `pages`, `password`, as `/v1` takes them. */
  readonly fields: Readonly<Record<string, string>>
  readonly format: ResultFormat
  readonly isJson: boolean
  /** Where a result goes; `null`: stdout. */
  readonly outputOf: (input: Input) => string | null
  /** Whether a result may replace a file. */
  readonly mayReplace: (path: string) => boolean
}

/**
 * How a document ended, seen from the command line. `flawed`: delivered, with pages missing;
 * `unreachable`: it may be read another time.
 */
export type Outcome = 'done' | 'flawed' | 'failed' | 'unreachable' | 'cancelled'
