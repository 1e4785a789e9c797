import { pino, type DestinationStream, type Logger } from 'pino'

/** Least severe lines that are written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

// Names under which secrets and file contents travel in this code and in the SDKs that log here.
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'apiKey',
  'api_key',
  'password',
  'secret',
  'token',
  'base64',
  'png',
]

/**
 * Creates a logger of JSON lines that never shows what {@link SECRET_NAMES} lists, down to three
 * levels. Times are ISO 8601 in UTC.
 *
 * @param destination standard error by default: standard output belongs to results.
 */
export function createRootLogger(destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[redacted]',
      },
    },
    destination,
  )
}

const root = createRootLogger()

/** Logger of the HTTP side. */
export const apiLogger = root.child({ subsystem: 'api' })

/** Logger of the worker processes and their activities. */
export const workerLogger = root.child({ subsystem: 'worker' })

/** Logger of Temporal's SDK, the lines of workflows included. */
export const temporalLogger = root.child({ subsystem: 'temporal' })

/** Logger of what counts and measures. */
export const metricsLogger = root.child({ subsystem: 'metrics' })

/** Sets the level of every logger of this process; children do not follow their parent in pino. */
export function setLogLevel(level: LogLevel): void {
  for (const logger of [root, apiLogger, workerLogger, temporalLogger, metricsLogger])
    logger.level = level
}
