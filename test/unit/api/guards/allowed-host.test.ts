import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHostRule } from '../../../../src/api/guards/allowed-host.ts'
import { KEYED_ACCESS, OPEN_ACCESS } from '../../../support/api-keys.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { startTestApi } from '../../../support/test-api.ts'

const LOCAL = { host: '127.0.0.1', publicUrl: null, internalUrl: null, access: OPEN_ACCESS }

const NETWORK = { host: '0.0.0.0' }

/** What no page of a stranger can be at. */
const OF_NETWORK = ['10.0.0.7:8080', '[::2]', 'xlocalhost', 'api:8080']

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

/** A request under a name, and what a proxy asks us by if it says more. */
const from = (host: string, asked = host) => ({ host, headers: { host: asked } })

describe('the host of a request', () => {
  it('is of this machine while nobody else can reach it', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.1.2.3']) {
      const isAllowed = createHostRule({ ...LOCAL, host })

      for (const name of [...MACHINE, 'LOCALHOST']) assert.equal(isAllowed(from(name)), true, name)
      for (const name of STRANGE) assert.equal(isAllowed(from(name)), false, name)
    }
  })

  it('is no name of a stranger once we listen to the network, while nobody needs a key', () => {
    const open = createHostRule({ ...LOCAL, ...NETWORK, publicUrl: 'https://ocr.example.com' })

    for (const name of [...MACHINE, ...OF_NETWORK, 'ocr.example.com:8080'])
      assert.equal(open(from(name)), true, name)
    for (const name of STRANGE.filter((strange) => !OF_NETWORK.includes(strange)))
      assert.equal(open(from(name)), false, name)
  })

  it('may be any once we listen to the network and keys are needed, unless names are set', () => {
    const open = createHostRule({ ...LOCAL, ...NETWORK, access: KEYED_ACCESS })
    const listed = { ...OPEN_ACCESS, allowedHosts: ['ocr.example.com'] }
    const named = createHostRule({ ...LOCAL, ...NETWORK, access: listed })

    for (const name of STRANGE) {
      assert.equal(open(from(name)), true, name)
      assert.equal(named(from(name)), false, name)
    }
    for (const name of MACHINE) assert.equal(named(from(name)), true, name)
  })

  it('is not ours only because a page says that a proxy says so', () => {
    const access = { ...OPEN_ACCESS, allowedHosts: ['ocr.example.com'] }
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const isAllowed = createHostRule({ ...LOCAL, host, access })

      for (const told of ['localhost', 'ocr.example.com'])
        assert.equal(isAllowed(from(told, 'evil.example')), false, told)
      // What proxies ask by: an address, the name of a container, or the name that they were asked by.
      for (const asked of ['10.0.0.7:8080', '[::2]:8080', 'api:8080', 'ocr.example.com', ''])
        assert.equal(isAllowed(from('ocr.example.com', asked)), true, asked)
    }
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
      assert.equal(isAllowed(from(name)), true, name)
    for (const name of ['example.com', 'b.example', 'b.example:1', 'x.a.example'])
      assert.equal(isAllowed(from(name)), false, name)
  })

  it('may be the name that we listen at', () => {
    const isAllowed = createHostRule({ ...LOCAL, host: 'OCR.example.com' })

    assert.equal(isAllowed(from('ocr.example.com:8080')), true)
    assert.equal(isAllowed(from('evil.example')), false)
  })

  it('may be any where that is set, and is left out by programs of old', () => {
    const any = createHostRule({ ...LOCAL, access: { ...OPEN_ACCESS, allowedHosts: ['*'] } })

    assert.equal(any(from('evil.example')), true)
    assert.equal(createHostRule(LOCAL)(from('')), true)
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
