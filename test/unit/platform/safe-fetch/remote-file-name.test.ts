import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { remoteFileName } from '../../../../src/platform/safe-fetch/remote-file-name.ts'

const nameOf = (path: string, header: string | null = null): string | null =>
  remoteFileName(new URL(path, 'http://files.example'), header)

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

describe('remoteFileName', () => {
  const NAMES = [
    ['/scans/a.pdf?download=1', null, 'a.pdf'],
    ['/%E5%90%88%E5%90%8C.pdf', null, '合同.pdf'],
    ['/a%2Fb%5C..%2Fc.pdf', null, 'c.pdf'],
    ['/%zz.pdf', null, '%zz.pdf'],
    ['/', null, null],
    ['/%2e%2e%2f', null, null],
    ['/x', 'attachment; filename="b.pdf"', 'b.pdf'],
    ['/x', 'attachment; filename="b.pdf"; filename*=UTF-8\'\'%E5%90%88.pdf', '合.pdf'],
    ['/x', `attachment; filename="${latin1('合同.pdf')}"`, '合同.pdf'],
    ['/x', 'attachment; filename="caf\u00e9.pdf"', 'café.pdf'],
    ['/x', 'attachment; filename="../../etc/passwd"', 'passwd'],
    ['/x', String.raw`attachment; filename="C:\\temp\\b.pdf"`, 'b.pdf'],
    ['/x', 'attachment; filename="..."', 'x'],
    ['/x', 'attachment', 'x'],
    ['/x', ';;;=', 'x'],
    ['/x', 'attachment; filename="a\u202efdp.exe\u0000\u0085"', 'afdp.exe'],
    ['/x', 'attachment; filename="cafe\u0301.pdf"', 'café.pdf'],
  ] as const

  for (const [path, header, name] of NAMES) {
    it(`makes ${JSON.stringify(name)} of ${path} and ${JSON.stringify(header)}`, () => {
      assert.equal(nameOf(path, header), name)
    })
  }

  it('shortens a long name in front of its extension, between characters', () => {
    const name = nameOf(`/${'合'.repeat(100)}.pdf`)

    assert.equal(name, `${'合'.repeat(83)}.pdf`)
  })

  it('is one short line without separators, whatever the server sends', () => {
    const character = fc
      .integer({ max: 0x10ffff, min: 0 })
      .map((code) => String.fromCodePoint(code))

    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 400 }), (text) => {
        const name = nameOf('/', `attachment; filename="${text}"`)

        assert.doesNotMatch(name ?? 'x', /[\p{Cc}\p{Cf}/\\]|^\.|^$/u)
        assert.ok(Buffer.byteLength(name ?? '') <= 255)
      }),
    )
  })
})
