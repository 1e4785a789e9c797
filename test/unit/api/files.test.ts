import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resultKey } from '../../../src/storage/object-keys.ts'
import { sampleDocumentId } from '../../support/document-status.ts'
import { startTestApi, type TestApi } from '../../support/test-api.ts'
import { readJson } from '../../support/read-json.ts'

const KEY = resultKey(sampleDocumentId(), 'text')

async function sign(api: TestApi, ttlSeconds = 60): Promise<URL> {
  const options = { ttlSeconds, fileName: '结果.txt', origin: api.url }
  return new URL(await api.store.signedGetUrl(KEY, options))
}

async function startWithFile(): Promise<TestApi> {
  const api = await startTestApi()
  await api.store.put(KEY, Buffer.from('0123456789'), { contentType: 'text/plain; charset=utf-8' })
  return api
}

describe('GET /files/{key}', () => {
  it('sends a stored object as an attachment that no browser runs', async () => {
    await using api = await startWithFile()

    const response = await fetch(await sign(api))

    assert.equal(response.status, 200)
    assert.equal(await response.text(), '0123456789')
    assert.equal(
      response.headers.get('content-disposition'),
      `attachment; filename="??.txt"; filename*=UTF-8''%E7%BB%93%E6%9E%9C.txt`,
    )
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(response.headers.get('content-security-policy'), "default-src 'none'; sandbox")
  })

  const ranges: [string, number, string | null, string][] = [
    ['bytes=2-4', 206, 'bytes 2-4/10', '234'],
    ['bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['bytes=8-', 206, 'bytes 8-9/10', '89'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=0-1,5-6', 200, null, '0123456789'],
    ['lines=1-2', 200, null, '0123456789'],
  ]
  for (const [range, status, contentRange, body] of ranges)
    it(`answers the range ${range} with ${status}`, async () => {
      await using api = await startWithFile()

      const response = await fetch(await sign(api), { headers: { range } })

      assert.equal(response.status, status)
      assert.equal(response.headers.get('content-range'), contentRange)
      assert.equal(await response.text(), body)
    })

  it('answers altered, foreign and unsigned URLs alike, whether the object exists or not', async () => {
    await using api = await startWithFile()
    const signed = await sign(api)
    const altered = new URL(signed)
    altered.searchParams.set('name', 'other.txt')
    const foreign = new URL(signed)
    foreign.pathname = foreign.pathname.replace('result.txt', 'request.json')
    const unsigned = new URL(signed.pathname, api.url)
    const traversal = `${api.url}/files/..%2f..%2fetc%2fpasswd${signed.search}`

    const answers = await Promise.all(
      [altered, foreign, unsigned, traversal].map(async (url) => {
        const { status, code, detail } = await readJson(await fetch(url))
        return { status, code, detail }
      }),
    )

    for (const answer of answers)
      assert.deepEqual(answer, { status: 404, code: 'BLOB_MISSING', detail: undefined })
  })

  it('answers a valid URL of a deleted object with 404', async () => {
    await using api = await startWithFile()
    const signed = await sign(api)
    await api.store.delete(KEY)

    assert.equal((await fetch(signed)).status, 404)
  })
})
