import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergeDocument } from '../../../../web/src/state/merge-document.ts'
import { documentView } from '../../../support/web-documents.ts'

const counts = (done: number) => ({ total: 3, done, ok: done, empty: 0, degraded: 0, failed: 0 })

describe('a document that is told of once more', () => {
  it('never goes back from its end', () => {
    const known = documentView({ state: 'failed' })

    assert.equal(mergeDocument(known, documentView({ state: 'processing' })), known)
  })

  it('stays as far as it is when what is told is older', () => {
    const known = documentView({ pages: counts(2), marks: 'oo.', state: 'cancelling' })
    const told = documentView({ pages: counts(1), marks: 'o..', state: 'processing' })

    const merged = mergeDocument(known, told)

    assert.deepEqual([merged.pages.done, merged.marks, merged.state], [2, 'oo.', 'cancelling'])
  })

  it('ends with the counts of its end, even if they are lower', () => {
    const known = documentView({ pages: counts(3), marks: 'ooo' })
    const told = documentView({ state: 'cancelled', pages: counts(2), marks: 'oo.' })

    const merged = mergeDocument(known, told)

    assert.deepEqual([merged.state, merged.pages.done, merged.marks], ['cancelled', 2, 'oo.'])
  })

  it('keeps what a list does not tell', () => {
    const running = [{ page: 3, attempt: 2, code: 'ENGINE_DOWN' }]
    const known = documentView({
      running,
      failedPages: [{ page: 2, code: 'PAGE_TIMEOUT' }],
      marks: 'of.',
      queuedReason: 'NO_WORKER',
      runUrl: 'https://temporal.example',
    })
    const told = documentView({ marks: null, running: [], failedPages: [], mediaType: null })

    const merged = mergeDocument(known, told)

    assert.deepEqual(merged, known)
  })

  it('waits no longer once it is told exactly or has moved on', () => {
    const known = documentView({ queuedReason: 'NO_WORKER' })

    const exact = mergeDocument(known, documentView({ queuedReason: null }))
    const moved = mergeDocument(known, documentView({ marks: null, pages: counts(2) }))

    assert.deepEqual([exact.queuedReason, moved.queuedReason], [null, null])
  })

  it('does not read a page that has ended', () => {
    const running = [1, 2].map((page) => ({ page: page + 4, attempt: 1, code: null }))
    const told = documentView({ marks: 'o..', selection: [5, 6, 7], running })

    const merged = mergeDocument(documentView(), told)

    assert.deepEqual(merged.running, [{ page: 6, attempt: 1, code: null }])
  })
})
