import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { killProcessGroup } from '../../platform/process-watchdog.ts'
import { printable } from '../printable.ts'

/** The running supervisor of `npm start`: Temporal, worker and api in a process group of its own. */
export type SupervisorProcess = {
  /** Temporal runs, and the parts are being started. */
  readonly isStarted: () => boolean
  /** Aborted when everything is gone. */
  readonly gone: AbortSignal
  /** What was written last. */
  readonly lastLines: readonly string[]
  /** Ends everything, within 6 s. */
  stop(): Promise<void>
}

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'scripts', 'start', 'supervisor.ts')
/** The supervisor itself needs up to 5 s. */
const STOP_TIMEOUT_MS = 5_500
const KEPT_LINES = 15

const MESSAGE = z.object({ kind: z.enum(['started', 'failed']), message: z.string().optional() })

/**
 * Starts the supervisor, which ends with this process, however that ends.
 *
 * @param note gets what the supervisor says before it has started, such as how it finds Temporal
 */
export function startSupervisor(
  env: Readonly<Record<string, string | undefined>>,
  note: (line: string) => void,
): SupervisorProcess {
  const child = spawn(process.execPath, [PROGRAM], {
    // Of a group of its own: Ctrl-C is for us, who cancel first. It ends when the channel breaks.
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const killGroup = (): void => {
    if (child.pid !== undefined) killProcessGroup(child.pid)
  }
  const gone = new AbortController()
  const lastLines: string[] = []
  let isStarted = false
  const keep = (line: string): void => {
    lastLines.push(printable(line))
    if (lastLines.length > KEPT_LINES) lastLines.shift()
  }
  const readLines = (output: Readable | null): void => {
    if (output === null) return
    createInterface({ input: output }).on('line', (line) => {
      keep(line)
      const said = /^start\s+\| (.+)$/.exec(line)?.[1]
      if (!isStarted && said !== undefined) note(printable(said))
    })
  }
  readLines(child.stdout)
  readLines(child.stderr)
  child.on('message', (message) => {
    const { kind, message: text } = MESSAGE.parse(message)
    isStarted = kind === 'started'
    if (text !== undefined) keep(text)
  })
  child.once('error', (error) => keep(error.message))
  child.once('close', () => {
    // Whatever it left behind, as when it was killed.
    killGroup()
    gone.abort()
  })
  return {
    isStarted: () => isStarted,
    gone: gone.signal,
    lastLines,
    async stop() {
      if (gone.signal.aborted) return
      const { promise, resolve } = Promise.withResolvers<void>()
      gone.signal.addEventListener('abort', () => resolve(), { once: true })
      child.kill('SIGTERM')
      const timer = setTimeout(killGroup, STOP_TIMEOUT_MS)
      await promise
      clearTimeout(timer)
    },
  }
}
