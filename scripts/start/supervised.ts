import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { killProcessGroup } from '../../src/platform/process-watchdog.ts'
import { SUPERVISOR_MESSAGE } from './supervisor-message.ts'

/** The running supervisor, seen from the process that started it. */
export type Supervised = {
  /** Settles when Temporal runs and the parts are being started. */
  readonly started: Promise<{ readonly temporalUiUrl: string | null }>
  /** Settles when everything is gone. */
  readonly ended: Promise<void>
  /** Ends everything, within 5 s. */
  stop(): Promise<void>
}

/** Within the promised 5 s of Ctrl-C. */
const STOP_TIMEOUT_MS = 4_800

/** Starts Temporal, worker and api in a process group of their own. */
export function startSupervised(options: {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** stdout is for results, so the parts' lines go to stderr. */
  readonly quietStdout: boolean
}): Supervised {
  const program = join(import.meta.dirname, 'supervisor.ts')
  const child = spawn(process.execPath, [program, ...options.args], {
    detached: true,
    env: options.env,
    stdio: ['ignore', options.quietStdout ? 2 : 'inherit', 'inherit', 'ipc'],
  })
  const killGroup = (): void => {
    if (child.pid !== undefined) killProcessGroup(child.pid)
  }
  const started = Promise.withResolvers<{ temporalUiUrl: string | null }>()
  const ended = Promise.withResolvers<void>()
  child.on('message', (message) => {
    const parsed = SUPERVISOR_MESSAGE.parse(message)
    if (parsed.kind === 'started') started.resolve(parsed)
    else started.reject(new Error(parsed.message))
  })
  child.once('error', (error) => started.reject(error))
  child.once('exit', (exitCode, signal) => {
    // Whatever the supervisor left behind, as when it was killed: nothing may outlive it.
    killGroup()
    started.reject(new Error(`The supervisor ended (${exitCode ?? signal})`))
    ended.resolve()
  })
  return {
    started: started.promise,
    ended: ended.promise,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(killGroup, STOP_TIMEOUT_MS)
      await ended.promise
      clearTimeout(timer)
    },
  }
}
