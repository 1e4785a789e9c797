import {
  CONFIG_EXIT_CODE,
  ConfigError,
  exitOnConfigError,
  tellConfigError,
} from '../config/config-error.ts'
import { loadConfig } from '../config/config.ts'
import { withDataDirectory } from '../config/data-directory.ts'
import { isAbortError, OcrError } from '../platform/errors.ts'
import { setLogLevel, workerLogger } from '../platform/logger.ts'
import { listenForShutdown } from '../platform/shutdown.ts'
import { StoreSetUpError } from '../storage/s3-errors.ts'
import { startWorker } from './worker.ts'
import { withUsableBundle } from './workflow-bundle.ts'

const config = exitOnConfigError(() => withDataDirectory(loadConfig()))
setLogLevel(config.logLevel)
using shutdown = listenForShutdown(config.worker.shutdownGraceMs + 15_000)
try {
  await using worker = await startWorker(await withUsableBundle(config), shutdown.signal)
  await Promise.race([worker.ended, shutdown.requested])
} catch (error) {
  if (!isAbortError(error)) process.exitCode = report(error)
}

/** What is not set up is for a person to mend: one sentence, and no restart would help. */
function report(error: unknown): number {
  if (error instanceof ConfigError) {
    tellConfigError(error)
    return CONFIG_EXIT_CODE
  }
  const isSetUp =
    !(error instanceof OcrError) || (error.kind !== 'input' && !(error instanceof StoreSetUpError))
  if (isSetUp) workerLogger.fatal({ err: error }, 'worker ended')
  else workerLogger.fatal({ code: error.code, detail: error.publicDetail }, error.message)
  return isSetUp ? 1 : CONFIG_EXIT_CODE
}
