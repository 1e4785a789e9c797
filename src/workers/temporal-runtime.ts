import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker'
import { documentIdOf } from '../contract/names.ts'
import { coerceError } from '../platform/errors.ts'
import { temporalLogger, workerLogger } from '../platform/logger.ts'

const PINO_LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const

/** Names as Prometheus wants them: `…_total`, `…_seconds`. */
const UNITS = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true }

/**
 * Sends the lines of Temporal's SDK, of its core and of workflows into our own log.
 *
 * Before any connection or worker exists.
 *
 * @param metricsAddress `ip:port` where the SDK tells its own figures to Prometheus; `null`: nowhere.
 *   A taken port is a warning: the SDK refuses to start with one, so it is started without.
 * @throws {Error} when a runtime is there already
 */
export function installTemporalRuntime(metricsAddress: string | null): void {
  if (metricsAddress === null) return install(null)
  try {
    install(metricsAddress)
  } catch (error) {
    const reason = coerceError(error).message
    workerLogger.warn(
      { address: metricsAddress, reason },
      'no metrics of the Temporal SDK: the port of OCR_SDK_METRICS_PORT cannot be opened',
    )
    install(null)
  }
}

function install(bindAddress: string | null): void {
  Runtime.install({
    // Signals are ours: the SDK would end the workers of a test that only wants to end one.
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', writeEntry),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'WARN' } },
      ...(bindAddress === null ? {} : { metrics: { prometheus: { bindAddress, ...UNITS } } }),
    },
  })
}

function writeEntry({ level, message, meta }: LogEntry): void {
  const { taskToken: _ofNoUse, error, ...facts } = meta ?? {}
  // An error under another name than pino's would be shown as `{}`.
  const err = error === undefined ? {} : { err: error }
  temporalLogger[PINO_LEVEL[level]]({ ...facts, ...err, ...documentOf(meta) }, message)
}

/** Lines of workflows know their workflow only. */
function documentOf(meta: LogEntry['meta']): { documentId?: string } {
  const workflowId: unknown = meta?.['workflowId']
  const documentId = typeof workflowId === 'string' ? documentIdOf(workflowId) : null
  return documentId === null ? {} : { documentId }
}
