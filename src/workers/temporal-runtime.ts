import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker'
import { temporalLogger } from '../platform/logger.ts'

const PINO_LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const

/**
 * Sends the lines of Temporal's SDK, of its core and of workflows into our own log.
 *
 * Before any connection or worker exists.
 *
 * @throws {Error} when a runtime is there already
 */
export function installTemporalRuntime(): void {
  Runtime.install({
    // Signals are ours: the SDK would end the workers of a test that only wants to end one.
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', writeEntry),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'WARN' } } },
  })
}

function writeEntry({ level, message, meta }: LogEntry): void {
  temporalLogger[PINO_LEVEL[level]](meta ?? {}, message)
}
