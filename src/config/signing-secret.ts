import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from './config-error.ts'
import type { Config } from './config.ts'
import { Secret } from '../platform/secret.ts'

const SHORTEST_SECRET = 32

/**
 * The secret that signs URLs and idempotency keys: the configured one, or `secret` in the data
 * directory, which is created at the first run (48 random bytes as base64url, mode 0600).
 *
 * Processes that start together get the same secret: the file appears whole, and only once.
 *
 * @throws {ConfigError} when the file holds fewer than 32 characters
 */
export async function loadSigningSecret(
  config: Pick<Config, 'secret' | 'dataDirectory'>,
): Promise<Secret> {
  if (config.secret !== null) return config.secret
  const path = join(config.dataDirectory, 'secret')
  const text = (await readIfPresent(path)) ?? (await createSecretFile(config.dataDirectory, path))
  if (text.length < SHORTEST_SECRET)
    throw new ConfigError([
      `OCR_SECRET, kept in ${JSON.stringify(path)}: expected at least ${SHORTEST_SECRET} characters, it has ${text.length}; ` +
        'delete the file to have a new one made, or set OCR_SECRET',
    ])
  return new Secret(text)
}

async function createSecretFile(directory: string, path: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporaryPath, 'wx', 0o600)
    try {
      await file.writeFile(`${randomBytes(48).toString('base64url')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike a rename, a link never replaces the file of a process that was faster.
    await link(temporaryPath, path).catch(ignoreExisting)
  } finally {
    await rm(temporaryPath, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}

function ignoreExisting(error: unknown): void {
  if (!isSystemError(error, 'EEXIST')) throw error
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
