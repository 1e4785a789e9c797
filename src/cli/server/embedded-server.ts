import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { processEnvironment } from '../../config/environment.ts'
import { CommandError } from '../command-error.ts'
import { freePort } from './free-port.ts'
import { ownDeployment } from './own-deployment.ts'
import { startSupervisor, type SupervisorProcess } from './supervisor-process.ts'

/** A server that lives as long as the command that started it. */
export type EmbeddedServer = AsyncDisposable & { readonly url: string }

/** How to start it. */
export type EmbeddedOptions = {
  readonly signal: AbortSignal
  /** Tells what takes time, such as finding Temporal. */
  readonly note: (line: string) => void
}

/** Counts from when Temporal runs: finding or building it may take minutes. */
const READY_TIMEOUT_MS = 120_000
const READY_POLL_MS = 100

/** This command is the only caller, and sends all of its files. */
const UNLIMITED = {
  OCR_RATE_LIMIT_SUBMITS: '0',
  OCR_RATE_LIMIT_REQUESTS: '0',
  OCR_MAX_OPEN_DOCUMENTS: '0',
  OCR_MAX_QUEUED_PAGES: '0',
  OCR_QUOTA_MB: '0',
}

/**
 * Starts everything on a free port, with Temporal and store of its own in a temporary directory, or
 * as configured when `OCR_DATA_DIR` is set.
 *
 * @throws {CommandError} when it does not become ready
 * @throws {Error} `AbortError` when the signal fires before
 */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  await using setUp = new AsyncDisposableStack()
  const env = processEnvironment()
  const ownDirectory = env['OCR_DATA_DIR']
    ? null
    : setUp.use(await mkdtempDisposable(join(tmpdir(), 'durable-ocr-')))
  const port = await freePort()
  const supervisor = startSupervisor(
    {
      ...env,
      ...(ownDirectory && ownDeployment(ownDirectory.path)),
      ...UNLIMITED,
      OCR_HOST: '127.0.0.1',
      OCR_PORT: String(port),
      OCR_COMPAT_PORTS: '',
      // Without a key to send, this command alone could not ask.
      ...(env['OCR_API_KEY'] ? {} : { OCR_API_KEYS: '' }),
      OCR_METRICS_PORT: 'off',
      OCR_SDK_METRICS_PORT: 'off',
      OCR_WORKER_ROLES: 'all',
      OCR_LOG_LEVEL: env['OCR_LOG_LEVEL'] || 'warn',
    },
    options.note,
  )
  setUp.defer(() => supervisor.stop())
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(url, supervisor, options.signal)
  const running = setUp.move()
  return { url, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

async function waitUntilReady(
  url: string,
  supervisor: SupervisorProcess,
  signal: AbortSignal,
): Promise<void> {
  let deadlineMs = Number.POSITIVE_INFINITY
  while (!(await isReady(url))) {
    signal.throwIfAborted()
    if (supervisor.gone.aborted || Date.now() > deadlineMs)
      throw new CommandError(
        ['Cannot start a server for this command:', ...supervisor.lastLines].join('\n  '),
      )
    if (supervisor.isStarted() && deadlineMs === Number.POSITIVE_INFINITY)
      deadlineMs = Date.now() + READY_TIMEOUT_MS
    await delay(READY_POLL_MS, undefined, { signal })
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Not listening yet.
    return false
  }
}
