import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALICE, KEYED_ACCESS, OPEN_ACCESS } from '../../../support/api-keys.ts'
import { startTestApi } from '../../../support/test-api.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const keyed = () => startTestApi({ api: { access: KEYED_ACCESS } })

function giveKey(key: string): RequestInit {
  return { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ api_key: key }) }
}

describe('an API key', () => {
  it('is taken from Authorization and from X-API-Key', async () => {
    await using api = await keyed()
    const headers: Record<string, string>[] = [
      { authorization: `Bearer ${ALICE.key}` },
      { authorization: `bearer  ${ALICE.key}` },
      { 'x-api-key': ALICE.key },
      // Of a proxy that asks for a password.
      { authorization: 'Basic YTpi', 'x-api-key': ALICE.key },
    ]

    for (const given of headers)
      assert.equal((await api.fetch('/v1/config', { headers: given })).status, 200)
  })

  it('counts beside others that are none of ours', async () => {
    await using api = await keyed()
    const session = await api.fetch('/v1/session', giveKey(ALICE.key))
    const cookie = session.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    const other = { authorization: 'Bearer of-another-service' }
    const headers: Record<string, string>[] = [
      { ...other, 'x-api-key': ALICE.key },
      { ...ALICE.headers, 'x-api-key': 'other' },
      { ...other, cookie },
      { 'x-api-key': 'other', cookie },
    ]

    // More often than a minute has wrong keys.
    for (const given of [...headers, ...headers, ...headers])
      assert.equal((await api.fetch('/v1/config', { headers: given })).status, 200)
    assert.equal((await api.fetch('/v1/config', { headers: other })).status, 401)
  })

  it('is asked for before a body is read', async () => {
    await using api = await keyed()
    const broken = { method: 'POST', headers: JSON_TYPE, body: '{' }

    for (const path of [
      '/pyocr/api/status/batch',
      '/api/llm/v1/ocrdoc/result',
      '/qianxia/pwd/api/tasks/batch/status',
      '/qianxia/api/auth/register',
    ]) {
      const keyedInit = { ...broken, headers: { ...JSON_TYPE, ...ALICE.headers } }
      assert.equal((await api.fetch(path, broken)).status, 401, path)
      assert.notEqual((await api.fetch(path, keyedInit)).status, 401, path)
      assert.equal((await api.fetch(path, keyedInit)).status >= 400, true, path)
    }
  })

  it('is missing or wrong with the same answer', async () => {
    await using api = await keyed()
    const bodyOf = async (headers: Record<string, string>) => {
      const response = await api.fetch('/v1/config', { headers })
      assert.equal(response.status, 401)
      assert.equal(response.headers.get('www-authenticate'), 'Bearer')
      return (await response.text()).replace(/"request_id":"[^"]*"/, '')
    }

    const missing = await bodyOf({})

    assert.match(missing, /"code":"UNAUTHORIZED"/)
    for (const wrong of [
      'x',
      ALICE.key.slice(0, -1),
      `${ALICE.key}x`,
      ALICE.setting.digest.toString('hex'),
      'k'.repeat(8_000),
    ])
      assert.equal(await bodyOf({ authorization: `Bearer ${wrong}` }), missing)
    assert.equal(await bodyOf({ 'x-api-key': 'x' }), missing)
    assert.equal(await bodyOf({ authorization: 'Basic YTpi' }), missing)
  })

  it('is tried ten times a minute; a right one passes all the same', async () => {
    await using api = await keyed()
    const ask = (key: string) =>
      api.fetch('/v1/config', { headers: { authorization: `Bearer ${key}` } })

    for (let n = 0; n < 10; n++) assert.equal((await ask(`guess-${n}`)).status, 401)
    const refused = await ask('guess-10')

    assert.equal(refused.status, 429)
    const seconds = Number(refused.headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 60, `${seconds}`)
    assert.equal((await api.fetch('/v1/session', giveKey('guess-11'))).status, 429)
    assert.equal((await ask(ALICE.key)).status, 200)
    // Who gives none does not guess.
    assert.equal((await api.fetch('/v1/config')).status, 401)
  })

  it('is not needed where none are set up', async () => {
    await using api = await startTestApi({ api: { access: OPEN_ACCESS } })

    const response = await api.fetch('/v1/config', { headers: { authorization: 'Bearer any' } })

    assert.equal(response.status, 200)
  })

  it('is not needed for health, the page and the documentation', async () => {
    await using api = await keyed()

    for (const path of [
      '/livez',
      '/readyz',
      '/version',
      '/health',
      '/healthz',
      '/docs',
      '/openapi.json',
      '/errors',
      '/dots/health',
      '/deepseek/',
      '/deepseek/docs',
      '/qianxia/',
      '/qianxia/login',
      '/qianxia/pwd',
      '/',
      '/static/favicon.svg',
    ])
      assert.equal((await api.fetch(path, { headers: { accept: 'text/html' } })).status, 200, path)
    // No model is loaded here.
    assert.equal((await api.fetch('/deepseek/health')).status, 503)
  })

  it('stays out of the log', async () => {
    await using api = await keyed()

    await api.fetch('/v1/config', { headers: ALICE.headers })
    await api.fetch('/v1/config', { headers: { authorization: 'Bearer canary-key' } })
    await api.fetch('/v1/session', giveKey('canary-key'))
    await api.fetch('/v1/session', giveKey(ALICE.key))

    const log = api.logLines.join('')
    assert.ok(log.includes('UNAUTHORIZED'))
    assert.ok(!log.includes('canary-key') && !log.includes(ALICE.key))
  })
})

describe('a session of the page', () => {
  it('stands for the key in a cookie that scripts and other sites cannot use', async () => {
    await using api = await keyed()

    const response = await api.fetch('/v1/session', giveKey(ALICE.key))

    assert.equal(response.status, 204)
    const given = response.headers.get('set-cookie') ?? ''
    assert.match(
      given,
      /^ocr_key_session=[^;]+; Max-Age=2592000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    )
    assert.ok(!given.includes(ALICE.key))
    const cookie = given.split(';', 1)[0] ?? ''
    assert.equal((await api.fetch('/v1/config', { headers: { cookie } })).status, 200)
    const broken = cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const wrong of [
      `${cookie}x`,
      broken.replace(/=./, '=_'),
      'ocr_key_session=',
      'ocr_key_session=a.1.b',
    ])
      assert.equal(
        (await api.fetch('/v1/config', { headers: { cookie: wrong } })).status,
        401,
        wrong,
      )
  })

  it('is marked for TLS where the service is behind it', async () => {
    await using api = await startTestApi({
      api: { access: KEYED_ACCESS, publicUrl: 'https://ocr.example.com' },
    })

    const response = await api.fetch('/v1/session', giveKey(ALICE.key))

    assert.match(response.headers.get('set-cookie') ?? '', /; Secure/)
  })

  it('is refused without a right key', async () => {
    await using api = await keyed()

    assert.equal((await api.fetch('/v1/session', giveKey('wrong'))).status, 401)
    assert.equal((await api.fetch('/v1/session', giveKey(''))).status, 400)
    assert.equal((await api.fetch('/v1/session', { method: 'POST' })).status, 400)
  })

  it('ends', async () => {
    await using api = await keyed()

    const response = await api.fetch('/v1/session', { method: 'DELETE' })

    assert.equal(response.status, 204)
    assert.match(
      response.headers.get('set-cookie') ?? '',
      /^ocr_key_session=; Path=\/; Expires=Thu, 01 Jan 1970/,
    )
  })

  it('needs no key where none are set up', async () => {
    await using api = await startTestApi()

    const response = await api.fetch('/v1/session', giveKey('any'))

    assert.deepEqual([response.status, response.headers.get('set-cookie')], [204, null])
  })
})
