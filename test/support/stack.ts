import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { freePort } from '../../scripts/temporal/ports.ts'
import { serverArguments } from '../../scripts/temporal/server-flags.ts'
import { until } from './until.ts'
import { manageProcess, type ManagedProcess } from './managed-process.ts'
import { temporalCliPath } from './temporal-address.ts'

/** The whole product as separate processes with a Temporal server of its own. */
export type Stack = AsyncDisposable & {
  readonly url: string
  /** Of Temporal, `host:port`. */
  readonly temporalAddress: string
  /** Temporal's web page; `null`: there is none. */
  readonly uiUrl: string | null
  readonly dataDirectory: string
  readonly temporal: ManagedProcess
  readonly api: ManagedProcess
  readonly worker: ManagedProcess
  readonly client: Client
  /** Environment of worker and api. */
  readonly env: () => Readonly<Record<string, string>>
  /** Lines that the stub engine wrote, oldest first: `start 3`, `done 3`. */
  ledger(): Promise<string[]>
  ready(): Promise<void>
}

/** What a test wants to be different. */
export type StackOptions = {
  /** The stub engine's time per page; `null`: the real engines. */
  readonly stubDelayMs: number | null
  /** A worker program in place of the one with the stub engine, from the root of the repository. */
  readonly workerProgram?: string
  readonly slots?: number
  /** Whether Temporal brings its web page, at `uiUrl`. */
  readonly hasUi?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Of the worker alone. */
  readonly workerEnv?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..', '..')

/** Starts Temporal, worker and api and waits until a document can be sent. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'durable-ocr-stack-'))
  const temporalPort = await freePort('127.0.0.1')
  const apiPort = await freePort('127.0.0.1')
  const uiPort = options.hasUi ? await freePort('127.0.0.1') : null
  const ledgerPath = join(dataDirectory, 'ledger.txt')
  await appendFile(ledgerPath, '')
  const address = `127.0.0.1:${temporalPort}`
  const env = (): Record<string, string> => ({
    TEMPORAL_ADDRESS: address,
    OCR_DATA_DIR: dataDirectory,
    OCR_PORT: String(apiPort),
    OCR_COMPAT_PORTS: '',
    OCR_CPU_SLOTS: String(options.slots ?? 2),
    OCR_SHUTDOWN_GRACE_S: '2',
    OCR_LOG_LEVEL: 'info',
    // All clients of a test are one caller.
    OCR_RATE_LIMIT_SUBMITS: '0',
    OCR_RATE_LIMIT_REQUESTS: '0',
    STUB_DELAY_MS: String(options.stubDelayMs ?? 0),
    STUB_LEDGER: ledgerPath,
    ...options.env,
  })
  const flags = {
    namespace: 'default',
    port: temporalPort,
    uiPort,
    databaseFile: join(dataDirectory, 'temporal.db'),
  }
  const workerProgram =
    options.workerProgram ??
    (options.stubDelayMs === null ? 'src/workers/main.ts' : 'test/support/stub-worker.ts')
  const temporal = manageProcess(await temporalCliPath(), serverArguments(flags), () => ({}))
  const workerEnv = (): Record<string, string> => ({ ...env(), ...options.workerEnv })
  const worker = manageProcess(process.execPath, [join(root, workerProgram)], workerEnv)
  const api = manageProcess(process.execPath, [join(root, 'src/api/main.ts')], env)
  const connection = Connection.lazy({ address })
  const url = `http://127.0.0.1:${apiPort}`
  const stack: Stack = {
    url,
    temporalAddress: address,
    uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}`,
    dataDirectory,
    temporal,
    api,
    worker,
    env,
    client: new Client({ connection, workflow: { queryRejectCondition: 'NOT_OPEN' } }),
    ledger: async () => (await readFile(ledgerPath, 'utf8')).split('\n').filter(Boolean),
    ready: () =>
      until(
        async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200,
        'the stack is ready',
        120_000,
      ),
    async [Symbol.asyncDispose]() {
      await connection.close()
      await Promise.all([api.end('SIGKILL'), worker.end('SIGTERM')])
      await temporal.end('SIGKILL')
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
  for (const process of [temporal, worker, api]) process.start()
  try {
    await stack.ready()
  } catch (error) {
    const logs = [temporal, worker, api].map((process) => process.log()).join('\n---\n')
    await stack[Symbol.asyncDispose]()
    throw new Error(`The stack did not become ready:\n${logs}`, { cause: error })
  }
  return stack
}
