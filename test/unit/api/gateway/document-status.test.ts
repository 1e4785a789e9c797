import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { INITIAL_PROGRESS } from '../../../../src/contract/progress.ts'
import type { DocumentRun } from '../../../../src/api/gateway/document-run.ts'
import {
  manifestOf,
  notOlderThan,
  outcomeOf,
  statusOfEnded,
  statusOfRunning,
  withExactProgress,
} from '../../../../src/api/gateway/document-status.ts'
import { sampleManifest } from '../../../support/document-status.ts'
import { ID, requestWith, statusWith } from '../../../support/gateway-fixtures.ts'

const run: DocumentRun = {
  documentId: ID,
  state: 'running',
  isCancelRequested: false,
  pagesUnderWay: [],
  startedSteps: null,
  isStoreFull: false,
  progress: null,
  startedAtMs: 1000,
  endedAtMs: null,
}
const started = { ...INITIAL_PROGRESS, startedAtMs: 5000, totalPages: 9, donePages: 3 }

describe('statusOfRunning', () => {
  it('is queued until a worker has started, then processing', () => {
    assert.equal(statusOfRunning(requestWith(), run).state, 'queued')
    assert.equal(
      statusOfRunning(requestWith(), { ...run, progress: INITIAL_PROGRESS }).state,
      'queued',
    )
    const status = statusOfRunning(requestWith(), { ...run, progress: started })
    assert.equal(status.state, 'processing')
    assert.equal(status.startedAt, '1970-01-01T00:00:05.000Z')
  })

  it('stays processing while the workflow has yet to close, whatever its phase', () => {
    const progress = { ...started, phase: 'completed' } as const

    assert.equal(statusOfRunning(requestWith(), { ...run, progress }).state, 'processing')
  })

  it('is cancelling once a cancel was requested', () => {
    const progress = { ...started, phase: 'cancelled' } as const
    const cancelled = { ...run, isCancelRequested: true, progress }

    assert.equal(statusOfRunning(requestWith(), cancelled).state, 'cancelling')
  })
})

describe('withExactProgress', () => {
  it('takes counts and failed pages from the worker and keeps cancelling', () => {
    const answer = {
      progress: started,
      marks: 'oof......',
      failed: [{ page: 3, code: 'TOO_COMPLEX' }],
    } as const

    assert.equal(withExactProgress(statusWith({ state: 'queued' }), answer).state, 'processing')
    const status = withExactProgress(statusWith({ state: 'cancelling' }), answer)
    assert.equal(status.state, 'cancelling')
    assert.equal(status.progress.donePages, 3)
    assert.deepEqual(status.failedPages, answer.failed)
  })
})

describe('manifestOf', () => {
  const ended = { ...run, progress: started, endedAtMs: 60_000 }

  it('is the stored one when it agrees with the run', () => {
    const stored = sampleManifest()

    assert.equal(
      manifestOf(requestWith(), { ...ended, state: 'completed', outcome: 'completed' }, stored),
      stored,
    )
  })

  it('is made from the run when it could not write one', () => {
    const manifest = manifestOf(
      requestWith(),
      { ...ended, state: 'timedOut', outcome: 'failed' },
      null,
    )

    assert.equal(manifest.outcome, 'failed')
    assert.equal(manifest.failureCode, 'TIME_BUDGET')
    assert.equal(manifest.progress.phase, 'failed')
    assert.equal(manifest.progress.donePages, 3)
    assert.equal(manifest.endedAt, '1970-01-01T00:01:00.000Z')
    assert.equal(manifest.results, null)
  })

  it('says what the workflow says when the stored one disagrees', () => {
    const manifest = manifestOf(
      requestWith(),
      { ...ended, state: 'cancelled', outcome: 'cancelled' },
      sampleManifest(),
    )

    assert.equal(manifest.outcome, 'cancelled')
    assert.equal(manifest.progress.phase, 'cancelled')
    assert.equal(manifest.failureCode, null)
  })

  it('counts a terminated run as failed', () => {
    assert.equal(outcomeOf('terminated'), 'failed')
    const terminated = { ...ended, state: 'terminated', outcome: 'failed' } as const
    assert.equal(manifestOf(requestWith(), terminated, null).failureCode, 'CANCELLED')
  })

  it('keeps the failure code of the workflow', () => {
    const progress = { ...started, failureCode: 'CORRUPT_PDF' } as const
    const failed = { ...ended, progress, state: 'failed', outcome: 'failed' } as const

    assert.equal(manifestOf(requestWith(), failed, null).failureCode, 'CORRUPT_PDF')
  })
})

describe('statusOfEnded', () => {
  it('needs the manifest only', () => {
    const status = statusOfEnded(null, sampleManifest({ outcome: 'cancelled' }))

    assert.equal(status.state, 'cancelled')
    assert.equal(status.fileName, 'document')
    assert.equal(status.endedAt, sampleManifest().endedAt)
  })

  it('has the names of the request', () => {
    assert.equal(statusOfEnded(requestWith(), sampleManifest()).fileName, 'scan.pdf')
  })
})

describe('notOlderThan', () => {
  it('does not let an old row of a list take back an end, a cancel or progress', () => {
    const listed = statusWith({ progress: { donePages: 5 } })
    const ended = statusWith({ state: 'completed', endedAt: sampleManifest().endedAt })
    const further = statusWith({ progress: { donePages: 6 } })

    assert.equal(notOlderThan(ended, listed), ended)
    assert.equal(notOlderThan(further, listed), further)
    assert.equal(notOlderThan(null, listed), listed)
    assert.equal(notOlderThan(listed, ended), ended)
    assert.equal(notOlderThan(statusWith({ state: 'cancelling' }), listed).state, 'cancelling')
  })
})
