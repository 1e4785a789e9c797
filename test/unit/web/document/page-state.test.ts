import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  isReadable,
  pageNumbers,
  pageStateOf,
  pageVersion,
} from '../../../../web/src/document/page-state.ts'
import { documentView, pageCounts } from '../../../support/web-documents.ts'

const running = documentView({
  marks: 'oedf..',
  pages: pageCounts({ total: 6, done: 4, ok: 1, empty: 1, degraded: 1, failed: 1 }),
  running: [{ page: 5, attempt: 2, code: 'ENGINE_TIMED_OUT' }],
  failedPages: [{ page: 4, code: 'TOO_COMPLEX' }],
})

describe('pageVersion', () => {
  it('does not change when the document ends: the open page would be torn down', () => {
    const version = pageVersion({ kind: 'ok' }, 3)

    assert.equal(pageVersion({ kind: 'ok' }, 10), version)
    assert.equal(pageVersion({ kind: 'degraded' }, 10), version)
  })

  it('changes with each page that is read while nobody tells which', () => {
    assert.notEqual(pageVersion({ kind: 'unknown' }, 3), pageVersion({ kind: 'unknown' }, 4))
    assert.equal(pageVersion({ kind: 'waiting' }, 3), null)
  })
})

describe('pageStateOf', () => {
  it('tells how each page of a running document stands', () => {
    const states = [1, 2, 3, 4, 5, 6, 7].map((page) => pageStateOf(running, page))

    assert.deepEqual(states, [
      { kind: 'ok' },
      { kind: 'empty' },
      { kind: 'degraded' },
      { kind: 'failed', code: 'TOO_COMPLEX' },
      { kind: 'reading', attempt: 2, code: 'ENGINE_TIMED_OUT' },
      { kind: 'waiting' },
      { kind: 'outside' },
    ])
  })

  it('finds a page by its number where pages were selected', () => {
    const selected = documentView({
      selection: [3, 8, 9],
      marks: 'o.d',
      pages: pageCounts({ total: 3, done: 2, ok: 1, degraded: 1 }),
    })

    const kinds = [3, 8, 9, 1].map((page) => pageStateOf(selected, page).kind)

    assert.deepEqual(kinds, ['ok', 'waiting', 'degraded', 'outside'])
  })

  it('says of waiting pages that they were not read, once the document has ended', () => {
    const cancelled = documentView({ state: 'cancelled', marks: 'o..' })

    assert.deepEqual(pageStateOf(cancelled, 2), { kind: 'unread' })
  })

  it('shows no page as being read after the end, whatever an older message said', () => {
    const ended = documentView({
      state: 'cancelled',
      marks: 'o..',
      running: [{ page: 2, attempt: 1, code: null }],
    })

    assert.deepEqual(pageStateOf(ended, 2), { kind: 'unread' })
  })

  it('does not know where an API tells no marks', () => {
    const unmarked = documentView({ marks: null })

    assert.deepEqual(pageStateOf(unmarked, 2), { kind: 'unknown' })
  })

  it('knows a failed page before its reason is told', () => {
    const failing = documentView({ marks: 'of.', failedPages: [] })

    assert.deepEqual(pageStateOf(failing, 2), { kind: 'failed', code: '' })
  })

  it('waits for a document that nobody has opened yet', () => {
    const queued = documentView({ state: 'queued', marks: null, pages: pageCounts() })

    assert.deepEqual(pageStateOf(queued, 1), { kind: 'waiting' })
  })
})

describe('isReadable', () => {
  it('holds for pages that have content or may have some', () => {
    const readable = [1, 2, 3, 4, 5, 6].filter((page) => isReadable(pageStateOf(running, page)))

    assert.deepEqual(readable, [1, 2, 3])
    assert.ok(isReadable({ kind: 'unknown' }))
  })
})

describe('pageNumbers', () => {
  it('counts from 1 where all pages are read', () => {
    assert.deepEqual(pageNumbers(running), [1, 2, 3, 4, 5, 6])
  })

  it('gives the selection where there is one', () => {
    assert.deepEqual(pageNumbers(documentView({ selection: [2, 9] })), [2, 9])
  })
})
