import { exitOnConfigError } from '../../src/config/config-error.ts'
import { loadConfig } from '../../src/config/config.ts'
import { setLogLevel } from '../../src/platform/logger.ts'
import { listenForShutdown } from '../../src/platform/shutdown.ts'
import { startWorker } from '../../src/workers/worker.ts'
import { createStubEngine } from './stub-engine.ts'

// The worker program with the stub engine in place of the real ones; everything else is as shipped.
const config = exitOnConfigError(() => loadConfig())
setLogLevel(config.logLevel)
using shutdown = listenForShutdown(config.worker.shutdownGraceMs + 15_000)
const engine = createStubEngine({
  delayMs: Number(process.env['STUB_DELAY_MS'] ?? 0),
  ledgerPath: process.env['STUB_LEDGER'] ?? '/dev/null',
  poisonPage: Number(process.env['STUB_POISON_PAGE'] ?? 0) || null,
})
await using worker = await startWorker(config, shutdown.signal, {
  // Pages are stored by the engine that read them.
  engineFor: (id) => ({ ...engine, id }),
})
await Promise.race([worker.ended, shutdown.requested])
