import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { MAX_SINGLE_PAGES, segmentsOf } from '../../../../web/src/list/page-segments.ts'
import { documentView, pageCounts } from '../../../support/web-documents.ts'

const kinds = (document: Parameters<typeof segmentsOf>[0]) =>
  segmentsOf(document).map(({ kind, pages }) => `${kind} ${pages}`)

describe('segmentsOf', () => {
  it('has a segment for each page, in page order', () => {
    const document = documentView({
      marks: 'oedf..',
      pages: pageCounts({ total: 6, done: 4, ok: 1, empty: 1, degraded: 1, failed: 1 }),
      running: [{ page: 5, attempt: 1, code: null }],
    })

    assert.deepEqual(kinds(document), [
      'ok 1',
      'ok 1',
      'degraded 1',
      'failed 1',
      'running 1',
      'waiting 1',
    ])
  })

  it('finds running pages by their number, not by their place in the selection', () => {
    const document = documentView({
      marks: 'o..',
      selection: [3, 7, 9],
      pages: pageCounts({ total: 3, done: 1, ok: 1 }),
      running: [{ page: 9, attempt: 2, code: 'ENGINE_TIMED_OUT' }],
    })

    assert.deepEqual(kinds(document), ['ok 1', 'waiting 1', 'retrying 1'])
  })

  it('shows a page that has just ended as it ended, though it is told to run still', () => {
    const document = documentView({
      marks: 'o',
      pages: pageCounts({ total: 1, done: 1, ok: 1 }),
      running: [{ page: 1, attempt: 1, code: null }],
    })

    assert.deepEqual(kinds(document), ['ok 1'])
  })

  it('counts by kind where there are too many pages to tell apart', () => {
    const total = MAX_SINGLE_PAGES + 1
    const document = documentView({
      marks: 'o'.repeat(10) + '.'.repeat(total - 10),
      pages: pageCounts({ total, done: 10, ok: 6, empty: 1, degraded: 2, failed: 1 }),
      running: [
        { page: 11, attempt: 1, code: null },
        { page: 12, attempt: 3, code: 'ENGINE_TIMED_OUT' },
      ],
    })

    assert.deepEqual(kinds(document), [
      'ok 7',
      'degraded 2',
      'failed 1',
      'retrying 1',
      'running 1',
      `waiting ${total - 12}`,
    ])
  })

  it('never has more segments than pages, when counts are older than the running pages', () => {
    const running = [1, 2, 3].map((page) => ({ page, attempt: 2, code: null }))
    const document = documentView({
      marks: null,
      pages: pageCounts({ total: 100, done: 99, ok: 99 }),
      running,
    })

    const pages = segmentsOf(document).reduce((sum, segment) => sum + segment.pages, 0)

    assert.equal(pages, 100)
  })

  it('is empty until the document was opened', () => {
    assert.deepEqual(segmentsOf(documentView({ marks: null, pages: pageCounts() })), [])
  })
})
