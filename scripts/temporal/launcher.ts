import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Config } from '../../src/config/config.ts'
import { canonicalPath } from './database-lock.ts'
import { findTemporalCli } from './find-cli.ts'
import { choosePort } from './ports.ts'
import { startTemporalServer, type TemporalServer } from './server.ts'
import { mkdirSync } from 'node:fs'

/** Whom a launcher tells. */
export type LauncherOptions = {
  readonly say: (line: string) => void
  /** Gets stdout and stderr of the server. */
  readonly onOutput?: (output: Readable) => void
}

const USUAL_PORT = 7233
const USUAL_UI_PORT = 8233

/**
 * Finds the CLI and the ports once; the function that is returned starts the server of the data
 * directory, again on the same ports after it died, so that workers find it where it was.
 */
export async function createTemporalLauncher(
  config: Config,
  { say, onOutput }: LauncherOptions,
): Promise<() => Promise<TemporalServer>> {
  const { cacheDirectory, temporalCliPath, temporalPort, temporalUiPort } = config.launcher
  const searchPath = process.env['PATH'] ?? ''
  const cli = await findTemporalCli({ cliPath: temporalCliPath, searchPath, cacheDirectory, say })
  const directory = join(config.dataDirectory, 'temporal')
  mkdirSync(directory, { recursive: true })
  // The version is part of the name: a newer server does not upgrade an older file's schema.
  const databaseFile = canonicalPath(join(directory, `temporal-${cli.version}.db`))
  let ports: { port: number; uiPort: number } | null = null
  return async () => {
    ports ??= await choosePorts(temporalPort, temporalUiPort)
    const flags = { ...ports, databaseFile, namespace: config.temporal.namespace }
    return await startTemporalServer({ cli, flags, say, ...(onOutput ? { onOutput } : {}) })
  }
}

async function choosePorts(
  port: number | null,
  uiPort: number | null,
): Promise<{ port: number; uiPort: number }> {
  return {
    port: await choosePort({
      configured: port,
      usual: USUAL_PORT,
      variable: 'OCR_TEMPORAL_PORT',
    }),
    uiPort: await choosePort({
      configured: uiPort,
      usual: USUAL_UI_PORT,
      variable: 'OCR_TEMPORAL_UI_PORT',
    }),
  }
}
