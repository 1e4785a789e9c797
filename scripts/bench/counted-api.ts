import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../../test/support/until.ts'
import { freePort } from '../temporal/ports.ts'

/** Calls to Temporal, by method. */
export type TemporalCalls = Readonly<Record<string, number>>

/** One more api process of a stack, whose calls to Temporal can be counted. */
export type CountedApi = AsyncDisposable & {
  readonly url: string
  /** Those since its start. */
  calls(): Promise<TemporalCalls>
}

/** Starts it in the environment of the stack's own and waits until it answers. */
export async function startCountedApi(env: Readonly<Record<string, string>>): Promise<CountedApi> {
  const port = await freePort('127.0.0.1')
  const child = fork(join(import.meta.dirname, 'counted-api-main.ts'), {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...env,
      OCR_PORT: String(port),
      OCR_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const api: CountedApi = {
    url,
    async calls() {
      const answered = once(child, 'message')
      child.send('calls')
      const [calls] = (await answered) as [TemporalCalls]
      return calls
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
  try {
    const isReady = async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200
    await until(isReady, 'the counted api is ready', 60_000)
  } catch (error) {
    await api[Symbol.asyncDispose]()
    throw error
  }
  return api
}
