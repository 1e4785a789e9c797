import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PageLedger } from '../../../src/workflows/page-ledger.ts'

function openLedger(...pages: number[]): PageLedger {
  const ledger = new PageLedger()
  ledger.open(pages, null)
  return ledger
}

describe('PageLedger', () => {
  it('marks pages in page order whatever order they end in', () => {
    const ledger = openLedger(2, 5, 9)

    ledger.settle(9, 'empty')
    ledger.settle(2, { code: 'PAGE_TIMEOUT' })

    assert.equal(ledger.state().marks, 'f.e')
    assert.deepEqual(ledger.state().failed, [{ page: 2, code: 'PAGE_TIMEOUT' }])
    assert.deepEqual(ledger.waiting(), [5])
  })

  it('keeps the first outcome of a page', () => {
    const ledger = openLedger(1)

    ledger.settle(1, 'ok')
    ledger.settle(1, { code: 'TIME_BUDGET' })

    assert.equal(ledger.progress.donePages, 1)
    assert.equal(ledger.progress.failedPages, 0)
  })

  it('goes on where another run stopped', () => {
    const first = openLedger(1, 2, 3)
    first.settle(1, 'ok')
    first.settle(2, { code: 'TOO_COMPLEX' })

    const second = new PageLedger(first.progress)
    second.open([1, 2, 3], first.state())
    second.settle(3, 'degraded')

    assert.equal(second.state().marks, 'ofd')
    assert.equal(second.progress.donePages, 3)
    assert.deepEqual(second.state().failed, [{ page: 2, code: 'TOO_COMPLEX' }])
  })

  it('fails what waits, and names the first code when nothing was delivered', () => {
    const ledger = openLedger(1, 2)
    ledger.settle(2, { code: 'IMAGE_TOO_LARGE' })

    assert.equal(ledger.failureOfAll(), null)
    ledger.failWaiting('TIME_BUDGET')

    assert.equal(ledger.failureOfAll(), 'TIME_BUDGET')
    assert.equal(ledger.state().marks, 'ff')
  })
})
