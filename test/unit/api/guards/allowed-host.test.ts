import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHostRule } from '../../../../src/api/guards/allowed-host.ts'
import { OPEN_ACCESS } from '../../../support/api-keys.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { startTestApi } from '../../../support/test-api.ts'

const LOCAL = { host: '127.0.0.1', publicUrl: null, internalUrl: null, access: OPEN_ACCESS }

const MACHINE = [
  'localhost',
  'localhost:8080',
  'a.localhost',
  '127.0.0.1:8080',
  '127.8.8.8',
  '[::1]:1',
]
const STRANGE = [
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example:127.0.0.1',
  '127.0.0.1@evil.example',
  '10.0.0.7:8080',
  '[::2]',
  '[::1',
  'xlocalhost',
]

describe('the host of a request', () => {
  it('is of this machine while nobody else can reach it', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.1.2.3']) {
      const isAllowed = createHostRule({ ...LOCAL, host })

      for (const name of [...MACHINE, 'LOCALHOST'])
        assert.equal(isAllowed({ host: name }), true, name)
      for (const name of STRANGE) assert.equal(isAllowed({ host: name }), false, name)
    }
  })

  it('may be any once we listen to the network, unless names are set', () => {
    const open = createHostRule({ ...LOCAL, host: '0.0.0.0' })
    const named = createHostRule({
      ...LOCAL,
      host: '0.0.0.0',
      access: { ...OPEN_ACCESS, allowedHosts: ['ocr.example.com'] },
    })

    for (const name of STRANGE) {
      assert.equal(open({ host: name }), true, name)
      assert.equal(named({ host: name }), false, name)
    }
    for (const name of MACHINE) assert.equal(named({ host: name }), true, name)
  })

  it('may be one of the settings', () => {
    const isAllowed = createHostRule({
      host: '127.0.0.1',
      publicUrl: 'https://ocr.example.com',
      internalUrl: 'http://api:8080',
      access: { ...OPEN_ACCESS, allowedHosts: ['a.example', 'b.example:8443'] },
    })

    for (const name of [
      'ocr.example.com',
      'OCR.example.com:443',
      'api:8080',
      'a.example:1',
      'b.example:8443',
    ])
      assert.equal(isAllowed({ host: name }), true, name)
    for (const name of ['example.com', 'b.example', 'b.example:1', 'x.a.example'])
      assert.equal(isAllowed({ host: name }), false, name)
  })

  it('may be any where that is set, and is left out by programs of old', () => {
    const any = createHostRule({ ...LOCAL, access: { ...OPEN_ACCESS, allowedHosts: ['*'] } })

    assert.equal(any({ host: 'evil.example' }), true)
    assert.equal(createHostRule(LOCAL)({ host: '' }), true)
  })

  it('is refused in the envelope of each dialect, before anything is done', async () => {
    await using api = await startTestApi()
    const refusalAt = async (path: string, method = 'GET') => {
      const headers = { host: 'evil.example', 'content-type': 'application/json' }
      const { status, body } = await rawRequest(api.url + path, { method, headers })
      assert.equal(status, 421, path)
      return JSON.parse(body)
    }

    assert.equal((await refusalAt('/v1/documents')).code, 'HOST_NOT_ALLOWED')
    assert.equal((await refusalAt('/v1/session', 'DELETE')).code, 'HOST_NOT_ALLOWED')
    assert.ok((await refusalAt('/api/status/x')).code)
    assert.ok((await refusalAt('/dots/ocr', 'POST')).error)
    assert.ok((await refusalAt('/qianxia/pwd/api/tasks')).detail)
    assert.ok((await refusalAt('/deepseek/cleanup', 'POST')).detail)
    assert.ok((await refusalAt('/')).detail)
    assert.ok((await refusalAt('/health')).detail)
    assert.equal(api.gateway.listQueries.length, 0)
  })
})
