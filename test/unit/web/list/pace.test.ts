import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { notePace, remainingMs } from '../../../../web/src/list/pace.ts'
import { documentView, pageCounts } from '../../../support/web-documents.ts'

const running = (done: number) =>
  documentView({ state: 'processing', startedAtMs: 0, pages: pageCounts({ total: 100, done }) })

describe('remainingMs', () => {
  it('cannot be told before a page has ended', () => {
    assert.equal(remainingMs(running(0), notePace(undefined, 0, 5_000), 5_000), null)
  })

  it('goes by the time since the start at first', () => {
    const pace = notePace(undefined, 10, 20_000)

    assert.equal(remainingMs(running(10), pace, 20_000), 180_000)
  })

  it('counts down between two pages, and never below zero', () => {
    const pace = notePace(undefined, 10, 20_000)

    assert.equal(remainingMs(running(10), pace, 21_000), 179_000)
    assert.equal(remainingMs(running(10), pace, 900_000), 0)
  })

  it('goes by the pages that were seen to end, whatever happened before', () => {
    const hourMs = 3_600_000
    const first = notePace(undefined, 10, hourMs)
    const pace = notePace(first, 14, hourMs + 4_000)

    assert.equal(remainingMs(running(14), pace, hourMs + 4_000), 86_000)
  })

  it('begins anew when a document does', () => {
    const pace = notePace(notePace(undefined, 50, 1_000), 0, 9_000)

    assert.equal(remainingMs(running(0), pace, 9_000), null)
  })

  it('keeps what it saw while no page ends', () => {
    const pace = notePace(undefined, 3, 1_000)

    assert.equal(notePace(pace, 3, 2_000), pace)
  })
})
