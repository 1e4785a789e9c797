/*
 * Runs Temporal, the worker and the api as children in one process group, whose leader it is.
 * `scripts/start.ts` starts it and holds the other end of its IPC channel: the channel breaks when
 * that process dies, however it dies, and then everything here ends. A terminal's Ctrl-C does not
 * reach this group, so the parts get exactly one signal, and Temporal the last.
 */
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { loadConfig, type Config } from '../../src/config/config.ts'
import { coerceError } from '../../src/platform/errors.ts'
import { isBuilderInstalled } from '../page/ensure-page.ts'
import { createTemporalLauncher } from '../temporal/launcher.ts'
import { prepareNamespace, type TemporalServer } from '../temporal/server.ts'
import { chooseMetricsPorts } from './metrics-ports.ts'
import { keepRunning, startNodePart, type RunningPart } from './part.ts'
import { copyPrefixed } from './prefixed-output.ts'
import type { SupervisorMessage } from './supervisor-message.ts'

/** What is left of the promised 5 s when Temporal has had its 2.8 s, less a margin. */
const PART_STOP_TIMEOUT_MS = 1_900

/** Short, so that Ctrl-C is quick; what was in flight is done again at the next start. */
const SHUTDOWN_GRACE_S = '1'

const root = join(import.meta.dirname, '..', '..')
const config = loadConfig()
const metricsPorts = chooseMetricsPorts({
  taken: [
    config.api.port,
    ...config.api.compatPorts,
    config.launcher.temporalPort,
    config.launcher.temporalUiPort,
  ],
  metrics: process.env['OCR_METRICS_PORT'] ? config.metrics.port : undefined,
  sdk: process.env['OCR_SDK_METRICS_PORT'] ? config.metrics.sdkPort : undefined,
})
const isWatch = process.argv.includes('--watch')
const watch = isWatch ? ['--watch', '--watch-preserve-output'] : []
const PROGRAMS = [
  { name: 'worker', args: [...watch, join(root, 'src', 'workers', 'main.ts')] },
  { name: 'api', args: [...watch, join(root, 'src', 'api', 'main.ts')] },
]
/** Builds the web page again when its sources change. */
const PAGE = { name: 'page', args: [join(root, 'scripts', 'build-page.ts'), '--watch'] }
const stopping = new AbortController()
const stop = (): void => stopping.abort()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
process.on('disconnect', stop)
// The terminal may be gone before us; its loss is no reason to leave the parts behind.
process.stdout.on('error', stop)
process.stderr.on('error', stop)

const say = (line: string): void => void process.stdout.write(`start    | ${line}\n`)

try {
  await superviseAll()
} catch (error) {
  tell({ kind: 'failed', message: coerceError(error).message })
  process.exitCode = 1
} finally {
  if (process.connected) process.disconnect()
}

async function superviseAll(): Promise<void> {
  const temporal = await startTemporal(config)
  const address = temporal.address
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    OCR_TEMPORAL_UI_URL: process.env['OCR_TEMPORAL_UI_URL'] || (temporal.uiUrl ?? undefined),
    OCR_SHUTDOWN_GRACE_S: process.env['OCR_SHUTDOWN_GRACE_S'] || SHUTDOWN_GRACE_S,
  }
  const parts = new AbortController()
  stopping.signal.addEventListener('abort', () => parts.abort())
  if (stopping.signal.aborted) parts.abort()
  const isPageWatched = isWatch && isBuilderInstalled()
  const kept = (isPageWatched ? [...PROGRAMS, PAGE] : PROGRAMS).map(async ({ name, args }) => {
    const start = async (): Promise<RunningPart> =>
      startProgram(name, args, { ...env, ...metricsEnvironment(name) })
    try {
      await keepRunning({ name, start, say, signal: parts.signal })
    } finally {
      // One part that gives up for good takes the others along.
      stop()
    }
  })
  tell({ kind: 'started', temporalAddress: address, temporalUiUrl: temporal.uiUrl })
  const outcomes = await Promise.allSettled(kept)
  temporal.end()
  await temporal.ended
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw coerceError(failed.reason)
}

/** The variables of the ports of `/metrics`: a part that finds its own taken goes on without. */
function metricsEnvironment(name: string): Record<string, string | undefined> {
  const shown = (port: number | null): string => (port === null ? 'off' : String(port))
  if (name === 'api')
    return { OCR_METRICS_PORT: shown(metricsPorts.api), OCR_SDK_METRICS_PORT: 'off' }
  return {
    OCR_METRICS_PORT: shown(metricsPorts.worker),
    OCR_SDK_METRICS_PORT: shown(metricsPorts.sdk),
  }
}

function startProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RunningPart {
  return startNodePart({
    args,
    env,
    onOutput: (output) => copyPrefixed(name, output, process.stdout),
    stopTimeoutMs: PART_STOP_TIMEOUT_MS,
  })
}

type KeptTemporal = Pick<TemporalServer, 'address' | 'uiUrl'> & {
  end(): void
  readonly ended: Promise<void>
}

async function startTemporal({ temporal, ...rest }: Config): Promise<KeptTemporal> {
  if (temporal.address !== null) {
    say(`Temporal: TEMPORAL_ADDRESS is set, using ${temporal.address}`)
    // With TLS or a key the cluster is somebody's who sets it up: docs/operations.md says how.
    if (!temporal.tls)
      await prepareNamespace(temporal.address, temporal.namespace).catch((error: unknown) =>
        say(`Temporal: ${coerceError(error).message}; see docs/operations.md`),
      )
    return {
      address: temporal.address,
      uiUrl: null,
      end: () => undefined,
      ended: Promise.resolve(),
    }
  }
  const onOutput = (output: Readable): void => copyPrefixed('temporal', output, process.stdout)
  const launch = await createTemporalLauncher({ temporal, ...rest }, { say, onOutput })
  // The first start is not retried: its error is for the person at the terminal.
  let server: TemporalServer | null = await launch()
  const { address, uiUrl } = server
  const ending = new AbortController()
  const start = async (): Promise<TemporalServer> => {
    const started = server ?? (await launch())
    server = null
    return started
  }
  const ended = keepRunning({ name: 'Temporal server', start, say, signal: ending.signal })
  return { address, uiUrl, end: () => ending.abort(), ended }
}

function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message)
}
