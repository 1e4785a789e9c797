import { accessSync, constants, mkdirSync } from 'node:fs'
import { ConfigError } from './config-error.ts'
import type { Config } from './config.ts'

/**
 * The configuration of a process that is about to start, with its data directory made.
 *
 * @throws {ConfigError} when `OCR_DATA_DIR` cannot be made or written to
 */
export function withDataDirectory(config: Config): Config {
  const { dataDirectory } = config
  try {
    mkdirSync(dataDirectory, { recursive: true })
    accessSync(dataDirectory, constants.W_OK | constants.X_OK)
    return config
  } catch {
    throw new ConfigError([
      `OCR_DATA_DIR=${JSON.stringify(dataDirectory)}: expected a directory that can be written to`,
    ])
  }
}
