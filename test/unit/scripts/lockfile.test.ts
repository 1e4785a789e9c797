import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingPlatformPackages } from '../../../scripts/lockfile/missing-platform-packages.ts'

describe('missingPlatformPackages', () => {
  it('names a binary that the lockfile leaves out', () => {
    const lockfile = {
      packages: {
        '': { optionalDependencies: { node: '1.0.0' } },
        'node_modules/node': {},
        'node_modules/a/node_modules/tool': { optionalDependencies: { 'tool-darwin': '1.0.0' } },
      },
    }

    assert.deepEqual(missingPlatformPackages(lockfile), [
      { wantedBy: 'node_modules/a/node_modules/tool', name: 'tool-darwin' },
    ])
  })

  it('accepts a binary that is nested below another package', () => {
    const lockfile = {
      packages: {
        'node_modules/tool': { optionalDependencies: { '@tool/darwin': '1.0.0' } },
        'node_modules/tool/node_modules/@tool/darwin': {},
      },
    }

    assert.deepEqual(missingPlatformPackages(lockfile), [])
  })
})
