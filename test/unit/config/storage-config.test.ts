import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { ConfigError } from '../../../src/config/config-error.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { S3_VARIABLES } from '../../support/storage-variable-rows.ts'

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('the configured store', () => {
  it('is a directory of the data directory unless a server is set', () => {
    const { storage, dataDirectory } = loadConfig({})

    assert.deepEqual(storage, { kind: 'directory', path: join(dataDirectory, 'store') })
  })

  it('is the S3 server that is set, in us-east-1 and without a public address', () => {
    const { storage } = loadConfig(S3_VARIABLES)

    assert.ok(storage.kind === 's3')
    assert.deepEqual([storage.region, storage.publicUrl], ['us-east-1', null])
    assert.ok(!inspect(storage, { depth: 5 }).includes(S3_VARIABLES.OCR_S3_SECRET_KEY))
  })

  for (const name of ['OCR_S3_BUCKET', 'OCR_S3_ACCESS_KEY', 'OCR_S3_SECRET_KEY'] as const)
    it(`is refused without ${name}, in one line that names it`, () => {
      const problems = problemsOf({ ...S3_VARIABLES, [name]: '' })

      assert.equal(problems.length, 1)
      assert.match(
        problems[0] ?? '',
        new RegExp(`^${name}=.*: expected .* beside OCR_S3_ENDPOINT$`),
      )
    })

  it('is refused without a server, in one line that names what was set', () => {
    const problems = problemsOf({ OCR_S3_BUCKET: 'ocr', OCR_S3_REGION: 'eu-1' })

    assert.deepEqual(problems, [
      'OCR_S3_ENDPOINT="": expected a server beside OCR_S3_BUCKET, OCR_S3_REGION',
    ])
  })

  it('is refused in production with the short secret key that servers start with', () => {
    const production = { ...S3_VARIABLES, OCR_PRODUCTION: 'true', OCR_SECRET: 's'.repeat(32) }

    assert.deepEqual(problemsOf(production), [])
    assert.deepEqual(problemsOf({ ...production, OCR_S3_SECRET_KEY: 'minioadmin' }), [
      'OCR_S3_SECRET_KEY=[redacted]: expected at least 16 characters because OCR_PRODUCTION=true',
    ])
  })
})
