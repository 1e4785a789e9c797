/*
 * Fails when package-lock.json
 * - lacks the binary of a foreign platform: `npm ci` would refuse the lock there (docs/decisions/0011);
 * - holds a version with a known hole (SECURITY.md);
 * - brings a package whose install script nobody has decided about (`allowScripts`).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packagesBelowFloor, unlistedInstallScripts } from './lockfile/advisory-floors.ts'
import { missingPlatformPackages } from './lockfile/missing-platform-packages.ts'

const lockfile = readJson('package-lock.json')
const { allowScripts } = z
  .object({ allowScripts: z.record(z.string(), z.boolean()) })
  .parse(readJson('package.json'))

const faults = [
  ...missingPlatformPackages(lockfile).map(
    ({ wantedBy, name }) => `lacks ${name}, which ${wantedBy || 'package.json'} wants`,
  ),
  ...packagesBelowFloor(lockfile).map(
    ({ path, version, wanted: { floor, reason } }) =>
      `has ${path} ${version}, ${floor === null ? 'which may not be there' : `below ${floor}`}: ${reason}`,
  ),
  ...unlistedInstallScripts(lockfile, Object.keys(allowScripts)).map(
    (name) => `brings ${name} with an install script: decide in allowScripts of package.json`,
  ),
]
for (const fault of faults) console.error(`package-lock.json ${fault}`)
if (faults.length > 0) process.exitCode = 1

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'))
}
