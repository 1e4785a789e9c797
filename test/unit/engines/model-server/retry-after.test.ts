import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { retryAfterMs } from '../../../../src/engines/model-server/retry-after.ts'

const NOW = Date.UTC(2026, 10, 5, 12, 0, 0)

describe('retryAfterMs', () => {
  it('is never earlier than asked, at most a fifth later, and at most five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (seconds) => {
        const waitMs = retryAfterMs(String(seconds), NOW) ?? 0
        const askedMs = Math.min(300_000, seconds * 1_000)
        assert.ok(waitMs >= askedMs && waitMs <= Math.min(300_000, askedMs * 1.2 + 1))
      }),
    )
  })

  it('reads the dates of HTTP', () => {
    const waitMs = retryAfterMs('Thu, 05 Nov 2026 12:00:30 GMT', NOW) ?? 0

    assert.ok(waitMs >= 30_000 && waitMs <= 36_000, `${waitMs}`)
  })

  it('is undefined where there is nothing to wait for, or nothing that can be read', () => {
    const headers = [null, '', '0', '-5', 'soon', '1e9', 'Infinity', '7s', '2026-11-05', '12']
    const past = 'Thu, 05 Nov 2026 11:00:00 GMT'

    const waits = [...headers, past].map((header) => retryAfterMs(header, NOW))

    assert.deepEqual(
      waits.map((wait) => wait === undefined),
      [true, true, true, true, true, true, true, true, true, false, true],
    )
  })

  it('spreads callers that were sent away together', () => {
    const waits = Array.from({ length: 50 }, () => retryAfterMs('10', NOW))

    assert.ok(new Set(waits).size > 10)
  })
})
