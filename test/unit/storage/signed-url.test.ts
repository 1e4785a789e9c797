import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { parseBlobKey } from '../../../src/contract/identifiers.ts'
import { signFileUrl, verifyFileUrl } from '../../../src/storage/signed-url.ts'

const key = parseBlobKey('documents/d/result.txt')
assert.ok(key)
const options = { ttlSeconds: 60, fileName: '发票 & "1".txt', origin: 'http://localhost:8000/' }

function parts(url: string) {
  const { pathname, searchParams } = new URL(url)
  return { key: pathname.slice('/files/'.length), query: searchParams }
}

describe('verifyFileUrl', () => {
  it('gives back the key and the file name of a signed URL', () => {
    const url = signFileUrl('secret', key, options)

    assert.ok(url.startsWith('http://localhost:8000/files/documents/d/result.txt?exp='))
    assert.deepEqual(verifyFileUrl('secret', parts(url)), { key, fileName: options.fileName })
  })

  it('refuses another secret, and a changed key, name, expiry or signature', () => {
    const signed = () => parts(signFileUrl('secret', key, options))
    const changed = (name: string, value: string) => {
      const { query } = signed()
      query.set(name, value)
      return { key, query }
    }

    assert.equal(verifyFileUrl('other', signed()), null)
    assert.equal(verifyFileUrl('secret', { ...signed(), key: 'documents/e/result.txt' }), null)
    assert.equal(verifyFileUrl('secret', { ...signed(), key: '../etc/passwd' }), null)
    assert.equal(verifyFileUrl('secret', changed('name', 'x.exe')), null)
    assert.equal(verifyFileUrl('secret', changed('exp', '99999999999')), null)
    assert.equal(verifyFileUrl('secret', changed('sig', '0'.repeat(64))), null)
    assert.equal(verifyFileUrl('secret', changed('sig', 'short')), null)
    assert.equal(verifyFileUrl('secret', { key, query: new URLSearchParams() }), null)
  })

  it('refuses a URL once its time is over', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
    try {
      const url = parts(signFileUrl('secret', key, options))
      mock.timers.setTime(1_000_000 + 59_000)
      assert.ok(verifyFileUrl('secret', url))
      mock.timers.setTime(1_000_000 + 61_000)
      assert.equal(verifyFileUrl('secret', url), null)
    } finally {
      mock.timers.reset()
    }
  })
})
