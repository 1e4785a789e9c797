import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { toDisplayFileName } from '../../../../src/api/uploads/file-name.ts'

describe('toDisplayFileName', () => {
  const table: [sent: string, shown: string][] = [
    ['发票 2026.pdf', '发票 2026.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\scans\\a.pdf', 'a.pdf'],
    ['a\u0000b\r\nc.pdf', 'a_b__c.pdf'],
    ['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
    ['e\u0301.pdf', 'é.pdf'],
    ['-rf.pdf', '-rf.pdf'],
    ['😀.png', '😀.png'],
    ['', 'document'],
    ['..', 'document'],
    ['scans/', 'document'],
    ['\u202E\u0000', 'document'],
    ['\uD800.pdf', '\uFFFD.pdf'],
  ]
  for (const [sent, shown] of table)
    it(`shows ${JSON.stringify(sent)} as ${JSON.stringify(shown)}`, () => {
      assert.equal(toDisplayFileName(sent), shown)
    })

  it('cuts to 255 bytes between characters and keeps the extension', () => {
    const shown = toDisplayFileName(`${'票'.repeat(300)}.pdf`)

    assert.equal(shown, `${'票'.repeat(83)}.pdf`)
  })

  it('always gives a name that is safe to show', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (sent) => {
        const shown = toDisplayFileName(sent)
        assert.ok(shown.length > 0 && Buffer.byteLength(shown) <= 255 && shown.isWellFormed())
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}/\\]/u)
      }),
    )
  })
})
