import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { remainingMs } from '../../../src/api/remaining-time.ts'
import { INITIAL_PROGRESS } from '../../../src/contract/progress.ts'

const STARTED_AT = '2024-03-07T10:00:00.000Z'

describe('remainingMs', () => {
  for (const [donePages, elapsedMs, expected] of [
    [0, 60_000, null],
    [1, 2_000, 6_000],
    [3, 0, 0],
    [4, 8_000, 0],
    [2, -5_000, 0],
  ] as const)
    it(`is ${expected} when ${donePages} of 4 pages took ${elapsedMs} ms`, () => {
      const progress = { ...INITIAL_PROGRESS, totalPages: 4, donePages }

      const leftMs = remainingMs(
        { startedAt: STARTED_AT, progress },
        Date.parse(STARTED_AT) + elapsedMs,
      )

      assert.equal(leftMs, expected)
    })

  it('is unknown before work has begun', () => {
    const progress = { ...INITIAL_PROGRESS, totalPages: 4, donePages: 4 }

    assert.equal(remainingMs({ startedAt: null, progress }, 0), null)
  })
})
