import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createS3BlobStore } from '../../../src/storage/s3-blob-store.ts'
import { verifyFileUrl } from '../../../src/storage/signed-url.ts'
import { testKey } from '../../support/blobs.ts'
import { startFaultyProxy, type FaultyProxy } from '../../support/faulty-proxy.ts'
import { noS3, startTestS3, type TestS3 } from '../../support/s3-server.ts'

const key = testKey('signed/result.txt')
const options = { ttlSeconds: 60, fileName: '发票 1.txt', origin: 'http://api.example' }

describe('signed URLs of the S3 store', { skip: await noS3() }, () => {
  let server: TestS3
  let outside: FaultyProxy
  let store: BlobStore
  before(async () => {
    server = await startTestS3()
    // Another address of the same server, as a browser has it.
    outside = await startFaultyProxy(server.settings.endpoint)
    store = createS3BlobStore({ ...server.settings, publicUrl: outside.url, secret: 'x' })
    await store.put(key, Buffer.from('read me'), { contentType: 'text/plain; charset=utf-8' })
  })
  after(async () => {
    await outside[Symbol.asyncDispose]()
    await server.dispose()
  })

  it('lead to the public address and give the object its name', async () => {
    const url = await store.signedGetUrl(key, options)
    const response = await fetch(url)

    assert.equal(new URL(url).origin, outside.url)
    assert.equal(response.status, 200)
    assert.equal(await response.text(), 'read me')
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    const disposition = response.headers.get('content-disposition') ?? ''
    assert.match(disposition, /^attachment;/)
    assert.ok(disposition.includes(`filename*=UTF-8''${encodeURIComponent('发票 1.txt')}`))
  })

  it('allow nothing else', async () => {
    const url = await store.signedGetUrl(key, options)
    const changed = [
      url.replace('result.txt', 'other.txt'),
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'),
      url.replace('response-content-disposition=attachment', 'response-content-disposition=inline'),
      url.replace(/Signature=../, 'Signature=00'),
      url.replace(/\?.*/, ''),
    ]

    for (const address of changed) {
      assert.notEqual(address, url)
      const response = await fetch(address)
      await response.body?.cancel()
      assert.equal(response.status, 403, address)
    }
    const put = await fetch(url, { method: 'PUT', body: 'x' })
    await put.body?.cancel()
    assert.equal(put.status, 403)
  })

  it('end with their time', async (test) => {
    const statusOfOneSigned = async (agoMs: number) => {
      test.mock.timers.enable({ apis: ['Date'], now: Date.now() - agoMs })
      const url = await store.signedGetUrl(key, { ...options, ttlSeconds: 60 })
      test.mock.timers.reset()
      const response = await fetch(url)
      await response.body?.cancel()
      return response.status
    }

    assert.equal(await statusOfOneSigned(30_000), 200)
    assert.equal(await statusOfOneSigned(61_000), 403)
  })

  it('hold for seven days at most, which is all that S3 allows', async () => {
    const url = await store.signedGetUrl(key, { ...options, ttlSeconds: 30 * 24 * 3600 })

    assert.equal(new URL(url).searchParams.get('X-Amz-Expires'), '604800')
  })

  it('are the api’s own where the store has no public address', async () => {
    const hidden = createS3BlobStore({ ...server.settings, secret: 'x' })

    const url = new URL(await hidden.signedGetUrl(key, options))

    assert.equal(url.origin, options.origin)
    const query = url.searchParams
    assert.deepEqual(verifyFileUrl('x', { key: url.pathname.slice('/files/'.length), query }), {
      key,
      fileName: options.fileName,
    })
  })
})
