import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { createS3BlobStore } from '../../../src/storage/s3-blob-store.ts'
import { bytesOf, testKey } from '../../support/blobs.ts'
import { noOwnS3, startOwnS3 } from '../../support/s3-server.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '..', '..', '..')
const ATTRIBUTES = ['--xattrs', '--xattrs-include=user.*']

describe('a backup of the S3 server that compose starts', { skip: await noOwnS3() }, () => {
  it('gives back types and hashes of all objects', async () => {
    const server = await startOwnS3()
    try {
      const store = createS3BlobStore({ ...server.settings, secret: 'x' })
      const objects = [Buffer.from('%PDF'), Buffer.alloc(20 * 1024 * 1024, 'x')].map(
        (body, place) => {
          const sha256 = createHash('sha256').update(body).digest('hex')
          return { key: testKey(`kept/${place}`), body, sha256 }
        },
      )
      for (const { key, body, sha256 } of objects)
        await store.put(key, body, { contentType: 'application/pdf', sha256 })
      const before = await Promise.all(objects.map(({ key }) => store.head(key)))
      const archive = `${server.directory}.tgz`

      try {
        await run('tar', [...ATTRIBUTES, '-czf', archive, '-C', server.directory, '.'])
        await rm(join(server.directory, server.settings.bucket), { recursive: true })
        assert.equal(await store.head(testKey('kept/0')).catch(() => null), null)
        await mkdir(server.directory, { recursive: true })
        await run('tar', [...ATTRIBUTES, '-xzf', archive, '-C', server.directory])
      } finally {
        await rm(archive, { force: true })
      }

      assert.deepEqual(await Promise.all(objects.map(({ key }) => store.head(key))), before)
      for (const { key, body, sha256 } of objects) {
        const blob = await store.get(key)
        assert.ok(blob && body.equals(await bytesOf(blob.body)))
        assert.deepEqual([blob.info.contentType, blob.info.sha256], ['application/pdf', sha256])
      }
    } finally {
      await server.dispose()
    }
  })

  it('is documented with the options that keep them, both ways', async () => {
    const text = await readFile(join(ROOT, 'docs', 'docker.md'), 'utf8')

    for (const direction of ['-cz', '-xz'])
      assert.ok(text.includes(`--xattrs --xattrs-include='user.*' ${direction} -C "/volumes/`))
  })
})
