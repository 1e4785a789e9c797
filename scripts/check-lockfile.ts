/*
 * Fails when npm left the binary of a foreign platform out of package-lock.json: `npm ci` would
 * refuse the lock on that platform (docs/decisions/0011).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingPlatformPackages } from './lockfile/missing-platform-packages.ts'

const lockfile: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'),
)
const missing = missingPlatformPackages(lockfile)
for (const { wantedBy, name } of missing)
  console.error(`package-lock.json lacks ${name}, which ${wantedBy || 'package.json'} wants`)
if (missing.length > 0) process.exitCode = 1
