import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkUrl, normalizedPair } from '../../../../src/platform/safe-fetch/url-rules.ts'

const RULES = {
  allowedHosts: ['MinIO:9000', '10.0.0.5:80', '[::1]:8080', 'localhost:58043'],
  allowedPorts: [8088],
}

const ACCEPTED = [
  'http://example.com',
  'https://example.com/%E4%B8%AD%20文.pdf?X-Amz-Signature=a#page=2',
  'http://example.com:443/',
  'https://example.com:80/',
  'https://example.com:8088/a.pdf',
  'http://93.184.215.14/a.pdf',
  'http://[2606:2800:21f::1]/a.pdf',
  'http://example.com\\@127.0.0.1', // the host ends at the backslash
  // A name: where it leads shows when it is resolved.
  'http://wiki.corp/a.pdf',
  'http://localhost.example.com',
  // Pairs that may be private.
  'http://minio:9000/bucket/a.pdf',
  'http://10.0.0.5/a.pdf',
  'https://10.0.0.5:80/a.pdf',
  'http://0xa.5:80/a.pdf',
  'http://[0::1]:8080/',
  'http://localhost:58043/',
]

const NEIGHBOURS_OF_PAIRS = [
  'http://minio:9001',
  'http://minio.:9000',
  'http://10.0.0.5:8088',
  'https://10.0.0.5',
  'http://10.0.0.6',
  'http://[::1]',
  'http://127.0.0.1:58043',
]

describe('checkUrl', () => {
  for (const text of ACCEPTED) {
    it(`accepts ${text}`, () => {
      assert.equal(checkUrl(text, RULES).href, new URL(text).href)
    })
  }

  for (const text of NEIGHBOURS_OF_PAIRS) {
    it(`refuses ${text}, which is near an allowed pair`, () => {
      assert.throws(() => checkUrl(text, RULES), { code: 'URL_NOT_ALLOWED' })
    })
  }

  it('refuses credentials for an allowed pair too', () => {
    assert.throws(() => checkUrl('http://a:b@minio:9000', RULES), { code: 'URL_NOT_ALLOWED' })
  })

  it('says what is wrong without the URL', () => {
    assert.throws(() => checkUrl('http://files.example:22', RULES), {
      message: 'Cannot accept the URL: it breaks a rule',
      publicDetail: 'The port is not accepted',
    })
  })
})

describe('normalizedPair', () => {
  const PAIRS = [
    ['minio:9000', 'minio:9000'],
    ['MinIO:80', 'minio:80'],
    ['例え.テスト:443', 'xn--r8jz45g.xn--zckzah:443'],
    ['127.1:8080', '127.0.0.1:8080'],
    ['[0::1]:8080', '[::1]:8080'],
  ] as const

  for (const [text, pair] of PAIRS) {
    it(`spells ${text} as URLs do`, () => {
      assert.equal(normalizedPair(text), pair)
    })
  }

  for (const text of ['', 'minio', 'minio:', ':80', 'minio:65536', 'a@minio:80', '::1:80']) {
    it(`finds no pair in ${JSON.stringify(text)}`, () => {
      assert.equal(normalizedPair(text), null)
    })
  }

  for (const text of ['http://minio:80', 'minio:80/', 'minio/:80', 'minio?:80', 'min io:80']) {
    it(`finds more than a pair in ${JSON.stringify(text)}`, () => {
      assert.equal(normalizedPair(text), null)
    })
  }
})
