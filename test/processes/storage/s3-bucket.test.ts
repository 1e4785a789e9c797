import assert from 'node:assert/strict'
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Secret } from '../../../src/platform/secret.ts'
import { createBlobStore, refuseWrongSetUp } from '../../../src/storage/create-blob-store.ts'
import { createS3BlobStore } from '../../../src/storage/s3-blob-store.ts'
import type { S3Settings } from '../../../src/storage/s3-connection.ts'
import { StoreSetUpError } from '../../../src/storage/s3-errors.ts'
import { testKey } from '../../support/blobs.ts'
import { startFaultyProxy } from '../../support/faulty-proxy.ts'
import { noOwnS3, startOwnS3, type OwnS3 } from '../../support/s3-server.ts'

const text = { contentType: 'text/plain' }

describe('the bucket of the S3 store', { skip: await noOwnS3() }, () => {
  let server: OwnS3
  before(async () => {
    server = await startOwnS3()
  })
  after(() => server.dispose())
  const storeWith = (changes: Partial<S3Settings> = {}) =>
    createS3BlobStore({ ...server.settings, ...changes, secret: 'x' })

  it('is made by the first call, also by several processes at once', async () => {
    const stores = Array.from({ length: 8 }, () => storeWith({ bucket: 'made-by-many' }))

    await Promise.all(
      stores.map((store, place) => store.put(testKey(`a/${place}`), Buffer.from('x'), text)),
    )

    assert.equal((await storeWith({ bucket: 'made-by-many' }).list('')).blobs.length, 8)
  })

  for (const { name, changes, says } of [
    {
      name: 'a wrong secret key',
      changes: { secretKey: new Secret('not the secret key') },
      says: /OCR_S3_SECRET_KEY/,
    },
    { name: 'an unknown access key', changes: { accessKey: 'nobody' }, says: /OCR_S3_ACCESS_KEY/ },
    {
      name: 'https where the server speaks http',
      changes: { endpoint: 'https' },
      says: /OCR_S3_ENDPOINT/,
    },
    { name: 'a wrong region', changes: { region: 'eu-west-9' }, says: /OCR_S3_REGION/ },
  ])
    it(`refuses to start with ${name}, in one sentence that names the setting`, async () => {
      const settings = { ...server.settings, ...changes }
      const endpoint = server.settings.endpoint.replace('http:', `${changes.endpoint ?? 'http'}:`)
      const wrong = { kind: 's3', ...settings, endpoint } as const

      const start = refuseWrongSetUp(createBlobStore(wrong, 'x'), wrong, () => undefined)

      await assert.rejects(start, (error) => {
        assert.ok(error instanceof StoreSetUpError)
        assert.match(error.message, says)
        assert.doesNotMatch(error.message, /not the secret key|a secret key of a test/)
        return true
      })
    })

  it('refuses to start with a key that may list but not write', async () => {
    await storeWith({ bucket: 'read-only' }).ping()
    await using proxy = await startFaultyProxy(server.settings.endpoint)
    proxy.set(({ method }) => (method === 'PUT' ? 403 : 'none'))
    const wrong = {
      kind: 's3',
      ...server.settings,
      bucket: 'read-only',
      endpoint: proxy.url,
    } as const

    const start = refuseWrongSetUp(createBlobStore(wrong, 'x'), wrong, () => undefined)

    await assert.rejects(start, (error) => {
      assert.ok(error instanceof StoreSetUpError)
      assert.match(error.message, /^Cannot write to the store: OCR_S3_ACCESS_KEY may not use/)
      return true
    })
  })

  it('is no reason not to start while the server is away, but one sentence says where', async () => {
    const endpoint = 'http://127.0.0.1:1'
    const away = { kind: 's3', ...server.settings, endpoint } as const
    const store = createBlobStore(away, 'x')
    const told: string[] = []

    await refuseWrongSetUp(store, away, (message) => told.push(message))

    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /ECONNREFUSED.*OCR_S3_ENDPOINT/)
    await assert.rejects(store.ping(), { code: 'STORAGE_UNAVAILABLE' })
  })

  it('loses the uploads that killed processes began more than a day ago', async () => {
    const bucket = 'swept'
    await storeWith({ bucket }).ping()
    for (const key of ['swept/old', 'swept/young'])
      await server.client.initiateNewMultipartUpload(bucket, key, {})
    const uploads = await allDirectories(join(server.directory, bucket, '.sgwtmp'))
    const dayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
    const before = await server.client.listIncompleteUploads(bucket, '', true).toArray()
    const [old] = before
    assert.equal(before.length, 2)
    for (const path of uploads.filter((directory) => directory.endsWith(String(old?.uploadId))))
      await utimes(path, dayAgo, dayAgo)

    await storeWith({ bucket }).ping()

    const left = await server.client.listIncompleteUploads(bucket, '', true).toArray()
    assert.deepEqual(
      left.map(({ uploadId }) => uploadId),
      before.slice(1).map(({ uploadId }) => uploadId),
    )
    assert.equal(await storeWith({ bucket }).removeLeftovers(-60_000), 1)
    assert.deepEqual(await server.client.listIncompleteUploads(bucket, '', true).toArray(), [])
  })
})

async function allDirectories(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
}
