import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { downloadName } from '../../../../web/src/document/download-name.ts'

describe('downloadName', () => {
  it('gives a document another ending', () => {
    assert.equal(downloadName('发票 2025.pdf', 'md'), '发票 2025.md')
  })

  it('has no character that a file system or a path could stumble over', () => {
    assert.equal(downloadName('../a:b\u0000|c?.pdf', 'zip'), '_a_b__c_.zip')
  })

  it('names what has no name left', () => {
    assert.equal(downloadName('', 'txt'), 'document.txt')
    assert.equal(downloadName('...', 'txt'), 'document.txt')
  })

  it('cuts long names between characters', () => {
    assert.equal(downloadName('😀'.repeat(150), 'md'), `${'😀'.repeat(100)}.md`)
  })
})
