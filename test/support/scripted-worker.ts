import { exitOnConfigError } from '../../src/config/config-error.ts'
import { loadConfig } from '../../src/config/config.ts'
import { setLogLevel } from '../../src/platform/logger.ts'
import { listenForShutdown } from '../../src/platform/shutdown.ts'
import { startWorker } from '../../src/workers/worker.ts'
import { createScriptedEngine } from './scripted-engine.ts'

// The worker program with scripted engines in place of the real ones; everything else is as shipped.
const config = exitOnConfigError(() => loadConfig())
setLogLevel(config.logLevel)
using shutdown = listenForShutdown(config.worker.shutdownGraceMs + 15_000)
const scriptPath = process.env['ENGINE_SCRIPT'] ?? ''
await using worker = await startWorker(config, shutdown.signal, {
  engineFor: (id) => createScriptedEngine(id, scriptPath),
})
await Promise.race([worker.ended, shutdown.requested])
