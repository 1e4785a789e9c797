import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrustedProxies } from '../../../../src/config/access-config.ts'
import { ALICE, KEYED_ACCESS } from '../../../support/api-keys.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { fileForm, startTestApi } from '../../../support/test-api.ts'

const FORWARDED = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'ocr.example.com',
} as const

function startBehind(trustProxy: TrustedProxies) {
  const access = { ...KEYED_ACCESS, allowedHosts: ['ocr.example.com'], trustProxy }
  return startTestApi({ api: { access } })
}

describe('what a proxy says', () => {
  it('is not believed by default', async () => {
    await using api = await startBehind(false)
    const headers = { ...ALICE.headers, ...FORWARDED }

    const submitted = await api.fetch('/v1/documents', {
      method: 'POST',
      headers,
      body: fileForm(),
    })

    const body = await submitted.text()
    assert.ok(body.includes(`"${api.url}/`) && !body.includes('ocr.example.com'), body)
    assert.equal(api.gateway.submissions[0]?.senderAddress, '127.0.0.1')
  })

  for (const trustProxy of [1, ['loopback'], ['127.0.0.0/8']] as const)
    it(`is believed of ${JSON.stringify(trustProxy)}: address, scheme and host`, async () => {
      await using api = await startBehind(trustProxy)
      const headers = { ...ALICE.headers, ...FORWARDED }

      const submitted = await api.fetch('/v1/documents', {
        method: 'POST',
        headers,
        body: fileForm(),
      })
      const session = await api.fetch('/v1/session', {
        method: 'POST',
        headers: { ...FORWARDED, 'content-type': 'application/json' },
        body: JSON.stringify({ api_key: ALICE.key }),
      })

      assert.match(await submitted.text(), /"https:\/\/ocr\.example\.com\//)
      assert.equal(api.gateway.submissions[0]?.senderAddress, '203.0.113.9')
      assert.match(session.headers.get('set-cookie') ?? '', /; Secure/)
    })

  it('is judged like what a client says', async () => {
    await using api = await startBehind(1)
    const ask = (headers: Record<string, string>) =>
      rawRequest(`${api.url}/v1/session`, { method: 'DELETE', headers })

    assert.equal((await ask({ 'x-forwarded-host': 'evil.example' })).status, 421)
    // A page under a stranger's name can say what it likes.
    assert.equal((await ask({ ...FORWARDED, host: 'evil.example' })).status, 421)
    assert.equal((await ask({ ...FORWARDED, host: 'api:8080' })).status, 204)
    assert.equal((await ask({ ...FORWARDED, origin: 'https://evil.example' })).status, 403)
    assert.equal((await ask({ ...FORWARDED, origin: 'https://ocr.example.com' })).status, 204)
  })

  it('is not believed of another address', async () => {
    await using api = await startBehind(['10.0.0.0/8'])

    const answer = await rawRequest(`${api.url}/v1/session`, {
      method: 'DELETE',
      headers: { ...FORWARDED, 'x-forwarded-host': 'evil.example' },
    })

    assert.equal(answer.status, 204)
  })
})
