/*
 * The health check of a container. `api` asks the api of this container. `worker` asks the worker for
 * its figures, for one that reads pages in all its slots asks for no more work; where OCR_METRICS_PORT
 * is off, it asks Temporal whether the worker still takes work. Without a word the command of the
 * container decides. Ends with 0 or 1.
 */
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Client, Connection } from '@temporalio/client'
import { DEFAULT_TEMPORAL_ADDRESS, loadConfig, type TemporalConfig } from '../src/config/config.ts'
import { exitOnConfigError } from '../src/config/config-error.ts'
import { TASK_QUEUE } from '../src/contract/names.ts'
import { coerceError } from '../src/platform/errors.ts'

const DEADLINE_MS = 4_000

/** A living worker asks for work anew at least every 60 s. */
const ALIVE_MS = 90_000

/** Numbers of `temporal.api.enums.v1.TaskQueueType`: workflows and activities. */
const TASK_QUEUE_TYPES = [1, 2]

const config = exitOnConfigError(() => loadConfig())
try {
  const part = process.argv[2] ?? (await commandOfContainer())
  const isHealthy = part === 'worker' ? await isWorking() : await isReady(config.api.port)
  process.exitCode = isHealthy ? 0 : 1
} catch (error) {
  console.error(coerceError(error).message)
  process.exitCode = 1
}

/** `worker`, or what has an api. */
async function commandOfContainer(): Promise<string> {
  const commandLine = await readFile('/proc/1/cmdline', 'utf8')
  return commandLine.split('\0').includes('worker') ? 'worker' : 'api'
}

async function isReady(port: number): Promise<boolean> {
  const response = await ask(port, '/readyz')
  console.log(await response.text())
  return response.ok
}

async function isWorking(): Promise<boolean> {
  const { port } = config.metrics
  return port === null ? await isPolling(config.temporal) : (await ask(port, '/metrics')).ok
}

async function ask(port: number, path: string): Promise<Response> {
  const { host } = config.api
  const own = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const origin = `http://${own.includes(':') ? `[${own}]` : own}:${port}`
  return await fetch(origin + path, { signal: AbortSignal.timeout(DEADLINE_MS) })
}

async function isPolling({ address, tls, apiKey, namespace }: TemporalConfig): Promise<boolean> {
  const connection = await Connection.connect({
    address: address ?? DEFAULT_TEMPORAL_ADDRESS,
    connectTimeout: DEADLINE_MS,
    ...(tls ? { tls: true } : {}),
    ...(apiKey === null ? {} : { apiKey: apiKey.reveal() }),
  })
  try {
    const client = new Client({ connection, namespace })
    const questions = Object.values(TASK_QUEUE).flatMap((queue) =>
      TASK_QUEUE_TYPES.map((type) => pollersOf(client, queue, type)),
    )
    const pollers = (await Promise.all(questions)).flat()
    return pollers.some((atMs) => Date.now() - atMs < ALIVE_MS)
  } finally {
    await connection.close()
  }
}

/** When workers of this host last asked a queue for work. */
async function pollersOf(client: Client, queue: string, taskQueueType: number): Promise<number[]> {
  const { pollers } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType,
    }),
  )
  // The SDK names a worker after its process and its host, which is the container.
  return (pollers ?? [])
    .filter(({ identity }) => identity?.endsWith(`@${hostname()}`))
    .map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000)
}
