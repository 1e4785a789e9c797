import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changesOf, toPageEnded, type Known } from '../../../../src/api/live/document-changes.ts'
import type { DocumentStatus } from '../../../../src/contract/document-status.ts'
import { endedWith, pageRecordOf, runningWith } from '../../../support/watched-documents.ts'

/** What is known after looks at these statuses, one after the other. */
function knownAfter(...statuses: readonly DocumentStatus[]): Known | null {
  let known: Known | null = null
  for (const status of statuses) known = changesOf(known, status).known
  return known
}

const retrying = (page: number, attempt: number, marks = '....'): DocumentStatus =>
  runningWith(marks, { pagesUnderWay: [{ page, attempt, lastFailure: 'ENGINE_TIMED_OUT' }] })

describe('changesOf', () => {
  it('finds every ended page at the first look, by its number in the document', () => {
    const pages = [
      [2, 3],
      [7, 9],
    ] as const

    const { endedPages, isStatusChanged } = changesOf(null, runningWith('oe.df', { pages }))

    assert.deepEqual(endedPages, [
      { page: 2, outcome: 'ok' },
      { page: 3, outcome: 'empty' },
      { page: 8, outcome: 'degraded' },
      { page: 9, outcome: 'failed' },
    ])
    assert.equal(isStatusChanged, true)
  })

  it('finds only the pages that have ended since', () => {
    const { endedPages } = changesOf(knownAfter(runningWith('o..')), runningWith('o.e'))

    assert.deepEqual(endedPages, [{ page: 3, outcome: 'empty' }])
  })

  it('finds the pages of an end that was reached while no worker could be asked', () => {
    const blind = runningWith('o...', { marks: null })

    const { endedPages } = changesOf(knownAfter(runningWith('o...'), blind), endedWith('oooo'))

    assert.deepEqual(
      endedPages.map(({ page }) => page),
      [2, 3, 4],
    )
  })

  it('says no page twice, whatever is heard late or not at all', () => {
    const known = knownAfter(runningWith('oo.'), runningWith('oo.', { marks: null }))

    const late = changesOf(known, runningWith('o..'))
    const again = changesOf(late.known, runningWith('oo.'))

    assert.deepEqual([late.endedPages, again.endedPages], [[], []])
  })

  it('tells of state, phase, counts, a reason to wait and failed pages that became known', () => {
    const before = runningWith('f...')
    const { progress } = before

    const changed: Partial<DocumentStatus>[] = [
      { state: 'cancelling' },
      { progress: { ...progress, phase: 'assembling' } },
      { progress: { ...progress, donePages: 2 } },
      { queuedReason: 'NO_WORKER' },
      { failedPages: [{ page: 1, code: 'PAGE_TIMEOUT' }] },
    ]
    const isTold = [{}, ...changed].map(
      (change) => changesOf(knownAfter(before), { ...before, ...change }).isStatusChanged,
    )

    assert.deepEqual(isTold, [false, true, true, true, true, true])
  })

  it('keeps counts from going back when only the memo is left, and tells that nobody works', () => {
    const memo = runningWith('o...', { marks: null, queuedReason: 'NO_WORKER' })

    const { known, isStatusChanged } = changesOf(knownAfter(runningWith('ooo.')), memo)

    assert.equal(known.status.progress.donePages, 3)
    assert.deepEqual([known.status.queuedReason, isStatusChanged], ['NO_WORKER', true])
  })

  it('tells of the pages that are being read, as they change', () => {
    const before = knownAfter(retrying(2, 1))

    const [same, other, ended] = [retrying(2, 1), retrying(3, 1), retrying(2, 1, '.o..')].map(
      (status) => changesOf(before, status),
    )

    assert.deepEqual([same?.isStatusChanged, other?.isStatusChanged], [false, true])
    assert.deepEqual(ended?.known.status.pagesUnderWay, [])
  })

  it('tells the marks of pages as far as they were heard, also while no worker answers', () => {
    const blind = runningWith('o...', { marks: null })

    const later = changesOf(knownAfter(runningWith('oo..')), blind)
    const never = changesOf(null, blind)

    assert.deepEqual([later.known.status.marks, never.known.status.marks], ['oo..', null])
  })

  it('tells each attempt after the first once', () => {
    const looks = [retrying(2, 1), retrying(2, 2), retrying(2, 2), retrying(2, 4)]

    let known: Known | null = null
    const told = looks.flatMap((status) => {
      const changes = changesOf(known, status)
      known = changes.known
      return changes.retries
    })

    assert.deepEqual(told, [
      { kind: 'retry', page: 2, attempt: 2, code: 'ENGINE_TIMED_OUT' },
      { kind: 'retry', page: 2, attempt: 4, code: 'ENGINE_TIMED_OUT' },
    ])
  })

  it('tells the second attempt of a page that starts anew, and none of a page that has ended', () => {
    const anew = knownAfter(retrying(2, 2), retrying(2, 1))

    assert.equal(changesOf(anew, retrying(2, 2)).retries.length, 1)
    assert.equal(changesOf(anew, retrying(2, 2, '.o..')).retries.length, 0)
  })
})

describe('toPageEnded', () => {
  it('tells the characters of text and Markdown, as code points, and the time in seconds', () => {
    const event = toPageEnded({ page: 3, outcome: 'ok' }, pageRecordOf(3), runningWith('..o'))

    assert.deepEqual(event, {
      kind: 'page',
      page: 3,
      outcome: 'ok',
      code: null,
      characters: 5,
      markdownCharacters: 7,
      seconds: 0.25,
    })
  })

  it('tells no time of a page that was read for an earlier upload of the same file', () => {
    const status = runningWith('o', { createdAt: '2024-03-07T10:00:11.000Z' })

    const event = toPageEnded({ page: 1, outcome: 'ok' }, pageRecordOf(1), status)

    assert.deepEqual([event.characters, event.seconds], [5, null])
  })

  it('tells why a page failed, and nothing that is not known', () => {
    const status = runningWith('f', { failedPages: [{ page: 1, code: 'PAGE_TIMEOUT' }] })
    const { reading: _, ...oldRecord } = pageRecordOf(1)

    const failed = toPageEnded({ page: 1, outcome: 'failed' }, null, status)
    const old = toPageEnded({ page: 1, outcome: 'ok' }, oldRecord, runningWith('o'))

    assert.deepEqual([failed.code, failed.characters, failed.seconds], ['PAGE_TIMEOUT', null, null])
    assert.deepEqual([old.characters, old.seconds], [5, null])
  })
})
