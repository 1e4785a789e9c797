import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as account from '../../../../web/src/header/account-texts.ts'
import * as notices from '../../../../web/src/header/notice-texts.ts'
import { en as englishShell } from '../../../../web/src/i18n/en.ts'
import { zh as chineseShell } from '../../../../web/src/i18n/zh.ts'
import * as list from '../../../../web/src/list/texts.ts'
import * as upload from '../../../../web/src/upload/texts.ts'

/** The shell, and what is loaded after it. */
const en = {
  shell: englishShell,
  account: account.en,
  notices: notices.en,
  list: list.en,
  upload: upload.en,
}
const zh = {
  shell: chineseShell,
  account: account.zh,
  notices: notices.zh,
  list: list.zh,
  upload: upload.zh,
}

type Leaf = { readonly path: string; readonly text: string }

/** Every text of a dictionary; one that takes arguments is given some. */
function leavesOf(value: unknown, path = ''): Leaf[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value === 'function') return [{ path, text: String(value('7', '9', '11')) }]
  assert.ok(value !== null && typeof value === 'object', `${path} is no text`)
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}/${key}`))
}

describe('dictionaries of the page', () => {
  it('say the same things in both languages', () => {
    const paths = [en, zh].map((texts) => leavesOf(texts).map((leaf) => leaf.path))

    assert.deepEqual(paths[0], paths[1])
  })

  for (const [name, texts] of Object.entries({ en, zh }))
    it(`has no empty text in ${name}`, () => {
      const empty = leavesOf(texts).filter((leaf) => leaf.text.trim() === '')

      assert.deepEqual(empty, [])
    })

  it('holds Chinese in the one and none in the other, but for the name of the other language', () => {
    const chinese = (texts: unknown) =>
      leavesOf(texts)
        .filter((leaf) => /\p{Script=Han}/u.test(leaf.text))
        .map((leaf) => leaf.path)

    assert.deepEqual(chinese(en), ['/shell/otherLanguage'])
    const without = leavesOf(zh)
      .map((leaf) => leaf.path)
      .filter((path) => !chinese(zh).includes(path))
    assert.deepEqual(without, ['/shell/otherLanguage', '/list/pagesDone', '/upload/sent'])
  })

  it('has a plural for pages', () => {
    assert.equal(en.list.pages(1, '1'), '1 page')
    assert.equal(en.list.pages(2, '2'), '2 pages')
    assert.equal(zh.list.pages(2, '2'), '2 页')
  })
})
