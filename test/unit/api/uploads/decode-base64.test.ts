import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeBase64 } from '../../../../src/api/uploads/decode-base64.ts'

const decoded = (text: string): Buffer => Buffer.concat([...decodeBase64(text)])

describe('decodeBase64', () => {
  it('gives the bytes back, whatever their number and however long', () => {
    for (const sizeBytes of [0, 1, 2, 3, 4, 786_431, 786_432, 786_433, 2_000_000]) {
      const bytes = Buffer.alloc(sizeBytes, 'abcdefg')

      assert.ok(decoded(bytes.toString('base64')).equals(bytes), String(sizeBytes))
    }
  })

  it('skips white space, also where two pieces meet', () => {
    const bytes = Buffer.alloc(1_500_000, 'xyz')
    const lines = bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n')

    assert.ok(decoded(lines).equals(bytes))
  })

  it('refuses what is not base64', () => {
    const wrong = [
      'a',
      'ab',
      'abc',
      'ab=',
      'a===',
      '====',
      'ab-_',
      'YQ==YQ==',
      'YWJj*',
      'YQ=a',
      '文件',
    ]

    for (const text of wrong)
      assert.throws(() => decoded(text), { code: 'REQUEST_MALFORMED' }, text)
  })
})
