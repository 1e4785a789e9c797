import { exitOnConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/config.ts'
import { isAbortError } from '../platform/errors.ts'
import { setLogLevel, workerLogger } from '../platform/logger.ts'
import { listenForShutdown } from '../platform/shutdown.ts'
import { installTemporalRuntime } from './temporal-runtime.ts'
import { startWorker } from './worker.ts'

const config = exitOnConfigError(() => loadConfig())
setLogLevel(config.logLevel)
installTemporalRuntime()
using shutdown = listenForShutdown(config.worker.shutdownGraceMs + 15_000)
try {
  await using worker = await startWorker(config, shutdown.signal)
  await Promise.race([worker.ended, shutdown.requested])
} catch (error) {
  if (!isAbortError(error)) {
    workerLogger.fatal({ err: error }, 'worker ended')
    process.exitCode = 1
  }
}
