import { CONFIG_EXIT_CODE, exitOnConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/config.ts'
import { isAbortError, OcrError } from '../platform/errors.ts'
import { setLogLevel, workerLogger } from '../platform/logger.ts'
import { listenForShutdown } from '../platform/shutdown.ts'
import { startWorker } from './worker.ts'

const config = exitOnConfigError(() => loadConfig())
setLogLevel(config.logLevel)
using shutdown = listenForShutdown(config.worker.shutdownGraceMs + 15_000)
try {
  await using worker = await startWorker(config, shutdown.signal)
  await Promise.race([worker.ended, shutdown.requested])
} catch (error) {
  if (!isAbortError(error)) process.exitCode = report(error)
}

/** An engine that is not set up is for a person to mend: one sentence, and no restart would help. */
function report(error: unknown): number {
  const isSetUp = !(error instanceof OcrError) || error.kind !== 'input'
  if (isSetUp) workerLogger.fatal({ err: error }, 'worker ended')
  else workerLogger.fatal({ code: error.code, detail: error.publicDetail }, error.message)
  return isSetUp ? 1 : CONFIG_EXIT_CODE
}
