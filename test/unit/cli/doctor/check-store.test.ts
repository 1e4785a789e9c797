import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkStore } from '../../../../src/cli/doctor/check-store.ts'
import { loadConfig } from '../../../../src/config/config.ts'
import { createBlobStore } from '../../../../src/storage/create-blob-store.ts'

async function examine(env: Readonly<Record<string, string>>) {
  const config = loadConfig(env)
  return await checkStore(createBlobStore(config.storage, 'a secret of a test'), config)
}

describe('checkStore', () => {
  it('names the directory that cannot be written to, and its setting', async () => {
    // A file stands where the directory would be: not even root can write there.
    const directory = join(import.meta.filename, 'data')

    const [finding, ...others] = await examine({ OCR_DATA_DIR: directory })

    assert.equal(finding?.status, 'failed')
    assert.ok(finding?.detail.startsWith(`cannot write to ${directory}`), finding?.detail)
    assert.match(finding?.detail ?? '', /: change OCR_DATA_DIR$/)
    assert.deepEqual(others, [])
  })

  it('names the settings of a bucket that cannot be reached', async () => {
    const [finding] = await examine({
      OCR_S3_ENDPOINT: 'http://127.0.0.1:1',
      OCR_S3_BUCKET: 'documents',
      OCR_S3_ACCESS_KEY: 'a',
      OCR_S3_SECRET_KEY: 'hunter2',
    })

    assert.equal(finding?.status, 'failed')
    assert.match(finding?.detail ?? '', /bucket documents at .*: change the OCR_S3_\* settings$/)
    assert.doesNotMatch(finding?.detail ?? '', /hunter2/)
  })

  it('fails where the disk has less room than the api needs to take documents', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'doctor-'))

    const findings = await examine({
      OCR_DATA_DIR: directory.path,
      OCR_MIN_FREE_DISK_MB: '100000000',
    })

    assert.deepEqual(
      findings.map(({ name, status }) => [name, status]),
      [
        ['Store', 'ok'],
        ['Disk', 'failed'],
      ],
    )
    assert.match(findings[1]?.detail ?? '', /GiB free, .* needed \(OCR_MIN_FREE_DISK_MB\)/)
  })
})
