import { join } from 'node:path'

/** The Temporal CLI that we build, download and test with. */
export const CLI_VERSION = '1.8.2'

/** What is built when that one cannot be: one command without a module of ours, server 1.29.1. */
export const FALLBACK_CLI_VERSION = '1.5.1'

/** Name of `temporal` inside release archives and GOBIN on this platform. */
export const CLI_PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal'

/** Where a program of a version for this platform is kept. */
export function cachedCliPath(cacheDirectory: string, version: string): string {
  return join(cacheDirectory, `temporal-${version}-${process.platform}-${process.arch}`)
}
