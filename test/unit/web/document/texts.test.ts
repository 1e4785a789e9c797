import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { en } from '../../../../web/src/document/texts/en.ts'
import { zh } from '../../../../web/src/document/texts/zh.ts'

type Leaf = { readonly path: string; readonly text: string }

function leavesOf(value: unknown, path = ''): Leaf[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value === 'function') return [{ path, text: String(value('7', '9')) }]
  assert.ok(value !== null && typeof value === 'object', `${path} is no text`)
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}/${key}`))
}

/** States that nothing is to be said of. */
const SILENT = ['/pageState/unknown', '/pageState/outside']

describe('texts of the document view', () => {
  it('say the same things in both languages', () => {
    assert.deepEqual(
      leavesOf(en).map(({ path }) => path),
      leavesOf(zh).map(({ path }) => path),
    )
  })

  for (const [name, texts] of Object.entries({ en, zh }))
    it(`are empty in ${name} only where nothing is to be said`, () => {
      const empty = leavesOf(texts).filter(({ text }) => text.trim() === '')

      assert.deepEqual(
        empty.map(({ path }) => path),
        SILENT,
      )
    })

  it('use the values that they are given', () => {
    assert.equal(en.tile('7', 'failed'), 'Page 7, failed')
    assert.equal(en.tile('7', ''), 'Page 7')
    assert.equal(zh.tile('7', '失败'), '第 7 页，失败')
  })
})
