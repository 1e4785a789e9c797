import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { changedDocument } from '../../../../web/src/list/announcement.ts'
import type { DocumentView } from '../../../../web/src/model.ts'
import { documentView, pageCounts } from '../../../support/web-documents.ts'

const table = (...documents: DocumentView[]) =>
  new Map(documents.map((document) => [document.id, document]))
const a = documentView({ id: 'a', pages: pageCounts({ total: 3, done: 1 }) })
const b = documentView({ id: 'b', state: 'processing' })
const aLater = documentView({ id: 'a', pages: pageCounts({ total: 3, done: 2 }) })
const bLater = documentView({ id: 'b', state: 'completed' })

describe('changedDocument', () => {
  it('speaks of the open document first', () => {
    assert.equal(changedDocument(table(a, b), table(aLater, bLater), ['b', 'a', 'b']), bLater)
  })

  it('speaks of the newest that changed where none is open', () => {
    assert.equal(changedDocument(table(a, b), table(a, bLater), [undefined, 'a', 'b']), bLater)
  })

  it('is silent when nothing changed that can be heard', () => {
    const sameCounts = documentView({
      id: 'a',
      marks: 'o..',
      pages: pageCounts({ total: 3, done: 1 }),
    })

    assert.equal(changedDocument(table(a), table(sameCounts), [undefined, 'a']), null)
  })

  it('is silent about documents that were only just loaded, or are gone', () => {
    assert.equal(changedDocument(table(a), table(b), ['a', 'b']), null)
  })
})
