import { findTemporalCli } from '../../scripts/temporal/find-cli.ts'
import { loadConfig } from '../../src/config/config.ts'
import { TEST_ADDRESS_VARIABLE } from './temporal-environment.ts'

/** Address of the test run's Temporal server, set by the global setup. */
export function temporalAddress(): string {
  const address = process.env[TEST_ADDRESS_VARIABLE]
  if (!address) throw new Error('No Temporal server: run these tests through npm test')
  return address
}

/** The server program, for tests that need a server to themselves (to kill it). */
export async function temporalCliPath(): Promise<string> {
  const { TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env
  const { launcher } = loadConfig({ TEMPORAL_CLI_PATH, XDG_CACHE_HOME })
  const { path } = await findTemporalCli({
    cliPath: launcher.temporalCliPath,
    cacheDirectory: launcher.cacheDirectory,
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  })
  return path
}
