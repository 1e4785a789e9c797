import {
  CONFIG_EXIT_CODE,
  ConfigError,
  exitOnConfigError,
  tellConfigError,
} from '../config/config-error.ts'
import { loadConfig } from '../config/config.ts'
import { withDataDirectory } from '../config/data-directory.ts'
import { apiLogger, setLogLevel } from '../platform/logger.ts'
import { listenForShutdown } from '../platform/shutdown.ts'
import { StoreSetUpError } from '../storage/s3-errors.ts'
import { StartError } from './http/listen.ts'
import { startApi } from './server.ts'

/** An api process that was told to stop is gone within this. */
const LAST_RESORT_MS = 30_000

const config = exitOnConfigError(() => withDataDirectory(loadConfig()))
setLogLevel(config.logLevel)
using shutdown = listenForShutdown(LAST_RESORT_MS)
try {
  await using api = await startApi(config)
  apiLogger.info({ url: api.url }, 'listening')
  await shutdown.requested
} catch (error) {
  const isSetUp = error instanceof StoreSetUpError || error instanceof ConfigError
  // A taken port or a wrong key needs one sentence, not a stack.
  if (error instanceof ConfigError) tellConfigError(error)
  else if (isSetUp || error instanceof StartError) apiLogger.fatal(error.message)
  else apiLogger.fatal({ err: error }, 'api ended')
  process.exitCode = isSetUp ? CONFIG_EXIT_CODE : 1
}
