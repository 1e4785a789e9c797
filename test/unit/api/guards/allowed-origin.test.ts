import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId, sampleStatus } from '../../../support/document-status.ts'
import { testApiConfig } from '../../../support/api-config.ts'
import { OPEN_ACCESS } from '../../../support/api-keys.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { startTestApi, type TestApi } from '../../../support/test-api.ts'

const ID = sampleDocumentId()
const LISTED = 'https://app.example.com'
const access = { ...OPEN_ACCESS, corsOrigins: [LISTED] }
const publicUrl = 'https://ocr.example.com'

async function cancel(api: TestApi, headers: Record<string, string>): Promise<number> {
  api.gateway.documents.set(ID, sampleStatus())
  const asked = await rawRequest(`${api.url}/v1/documents/${ID}/cancel`, {
    method: 'POST',
    headers,
  })
  assert.equal(api.gateway.documents.get(ID)?.state === 'cancelling', asked.status !== 403)
  return asked.status
}

describe('a request that changes something', () => {
  it('is refused when a page of another site sends it', async () => {
    await using api = await startTestApi({ api: { access, publicUrl } })

    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${LISTED}.evil.example` },
      { origin: api.url, 'sec-fetch-site': 'cross-site' },
      { origin: `${api.url}0` },
    ]
    for (const headers of foreign)
      assert.equal(await cancel(api, headers), 403, JSON.stringify(headers))
  })

  it('is taken from programs, our own pages and listed ones', async () => {
    await using api = await startTestApi({ api: { access, publicUrl } })

    const known: Record<string, string>[] = [
      {},
      { origin: api.url },
      { origin: api.url, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { origin: LISTED, 'sec-fetch-site': 'cross-site' },
      { origin: publicUrl, 'sec-fetch-site': 'same-origin' },
      // Our own page behind a proxy that asks by another name, or one that tells nobody where it is.
      { origin: 'https://proxied.example', 'sec-fetch-site': 'same-origin' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
    ]
    for (const headers of known)
      assert.notEqual(await cancel(api, headers), 403, JSON.stringify(headers))
  })

  it('is refused in the envelope of each dialect', async () => {
    await using api = await startTestApi()
    const refusalAt = async (path: string) => {
      const headers = { origin: 'https://evil.example' }
      const { status, body } = await rawRequest(api.url + path, { method: 'POST', headers })
      assert.equal(status, 403, path)
      return JSON.parse(body)
    }

    assert.equal((await refusalAt('/v1/documents')).code, 'ORIGIN_NOT_ALLOWED')
    assert.ok((await refusalAt(`/api/cancel/${ID}`)).code)
    assert.ok((await refusalAt('/dots/ocr')).error)
    assert.ok((await refusalAt('/qianxia/api/auth/login')).detail)
    assert.ok((await refusalAt('/deepseek/cleanup')).detail)
  })

  it('is taken from a page that BACK_URL lets call us', async () => {
    const { qianxia } = testApiConfig()
    await using api = await startTestApi({
      api: { qianxia: { ...qianxia, backUrl: 'http://backend.example/pwd' } },
    })
    const headers = { origin: 'https://page.example', 'sec-fetch-site': 'cross-site' }
    const post = (path: string) => rawRequest(api.url + path, { method: 'POST', headers })

    assert.notEqual((await post(`/qianxia/pwd/api/tasks/${ID}/cancel`)).status, 403)
    assert.equal((await post(`/v1/documents/${ID}/cancel`)).status, 403)
  })
})

describe('pages on other addresses', () => {
  it('may not read anything by default', async () => {
    await using api = await startTestApi()

    const answer = await rawRequest(`${api.url}/v1/config`, { headers: { origin: LISTED } })
    const preflight = await rawRequest(`${api.url}/v1/documents`, {
      method: 'OPTIONS',
      headers: { origin: LISTED, 'access-control-request-method': 'POST' },
    })

    for (const { headers } of [answer, preflight])
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control')),
        [],
      )
  })

  it('may read where their origin is listed, and no other', async () => {
    await using api = await startTestApi({ api: { access } })
    const ask = (origin: string) => rawRequest(`${api.url}/v1/config`, { headers: { origin } })

    const { headers } = await ask(LISTED)

    assert.equal(headers['access-control-allow-origin'], LISTED)
    assert.equal(headers['access-control-allow-credentials'], 'true')
    assert.match(headers.vary ?? '', /Origin/)
    for (const name of [
      'Location',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
      'X-Request-Id',
      'Idempotent-Replayed',
      'Content-Disposition',
    ])
      assert.ok(headers['access-control-expose-headers']?.split(',').includes(name), name)
    for (const origin of ['https://evil.example', 'null', '*']) {
      const other = await ask(origin)
      assert.equal(other.headers['access-control-allow-origin'], undefined, origin)
      assert.match(other.headers.vary ?? '', /Origin/)
    }
  })

  it('are told what they may send before they send it', async () => {
    await using api = await startTestApi({ api: { access } })

    const { status, headers } = await rawRequest(`${api.url}/v1/documents/${ID}`, {
      method: 'OPTIONS',
      headers: {
        origin: LISTED,
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'x-api-key',
      },
    })

    assert.equal(status, 204)
    assert.equal(headers['access-control-allow-methods'], 'GET,POST,DELETE')
    assert.equal(headers['access-control-allow-headers'], 'x-api-key')
  })
})
