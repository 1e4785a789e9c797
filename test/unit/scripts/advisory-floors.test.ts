import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  ADVISORY_FLOORS,
  packagesBelowFloor,
  unlistedInstallScripts,
} from '../../../scripts/lockfile/advisory-floors.ts'

const OWN: unknown = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const FLOORS = [
  { name: 'reader', floor: '2.10.0', reason: 'a hole' },
  { name: '@scope/reader', floor: '1.0.0', reason: 'a hole' },
  { name: 'banned', floor: null, reason: 'a hole' },
]

const below = (packages: Readonly<Record<string, unknown>>) =>
  packagesBelowFloor({ packages }, FLOORS).map(({ path, version }) => `${path} ${version}`)

describe('packagesBelowFloor', () => {
  it('finds every copy that is too old, by number and not by letter', () => {
    const found = below({
      '': {},
      'node_modules/reader': { version: '2.10.0' },
      'node_modules/a/node_modules/reader': { version: '2.9.9' },
      'node_modules/@scope/reader': { version: '0.9.0' },
      'node_modules/other-reader': { version: '0.1.0' },
    })

    assert.deepEqual(found, [
      'node_modules/a/node_modules/reader 2.9.9',
      'node_modules/@scope/reader 0.9.0',
    ])
  })

  it('finds a package that may not be there in any version', () => {
    assert.deepEqual(below({ 'node_modules/banned': { version: '99.0.0' } }), [
      'node_modules/banned 99.0.0',
    ])
  })

  it('finds nothing in what we install', () => {
    assert.deepEqual(packagesBelowFloor(OWN), [])
  })

  it('has no floor for a package that nobody installs, but for those that may not be', () => {
    const raised = ADVISORY_FLOORS.map(({ name, floor, reason }) => ({
      name,
      floor: floor === null ? null : '999.0.0',
      reason,
    }))

    const names = new Set(packagesBelowFloor(OWN, raised).map(({ wanted }) => wanted.name))

    assert.deepEqual(
      ADVISORY_FLOORS.filter(({ name, floor }) => floor !== null && !names.has(name)),
      [],
    )
  })
})

describe('unlistedInstallScripts', () => {
  it('names a package whose script nobody has decided about', () => {
    const packages = {
      'node_modules/known': { hasInstallScript: true },
      'node_modules/a/node_modules/@scope/new': { hasInstallScript: true },
      'node_modules/plain': {},
    }

    assert.deepEqual(unlistedInstallScripts({ packages }, ['known']), ['@scope/new'])
  })
})
