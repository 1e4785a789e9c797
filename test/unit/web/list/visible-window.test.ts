import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { MAX_WHOLE_ROWS, visibleWindow } from '../../../../web/src/list/visible-window.ts'

const view = { viewPx: 800, rowPx: 64 }

describe('visibleWindow', () => {
  it('draws a short list whole, however far it is scrolled', () => {
    const window = visibleWindow(MAX_WHOLE_ROWS, { ...view, topPx: -5_000 })

    assert.deepEqual(window, { first: 0, end: MAX_WHOLE_ROWS, abovePx: 0, belowPx: 0 })
  })

  it('draws no more than a short list before the height of a row is known', () => {
    assert.equal(visibleWindow(500, { ...view, rowPx: 0, topPx: 0 }).end, MAX_WHOLE_ROWS)
  })

  it('stays as it was while the list is hidden, instead of drawing all of it', () => {
    const before = visibleWindow(500, { ...view, topPx: -9_000 })

    assert.deepEqual(visibleWindow(501, { ...view, rowPx: 0, topPx: 0 }, before), before)
  })

  for (const topPx of [300, 0, -1, -64, -9_000, -31_200, -99_999])
    it(`keeps the height of the list, and has what is in view, at ${topPx} px`, () => {
      const { first, end, abovePx, belowPx } = visibleWindow(500, { ...view, topPx })

      assert.equal(abovePx + (end - first) * view.rowPx + belowPx, 500 * view.rowPx)
      assert.ok(end - first < 40, 'draws few rows')
      const firstInView = Math.min(499, Math.max(0, Math.floor(-topPx / view.rowPx)))
      const lastInView = Math.min(499, Math.max(0, Math.floor((-topPx + view.viewPx) / view.rowPx)))
      assert.ok(first <= firstInView && lastInView < end, 'has the rows in view')
    })

  it('draws a view that is higher than the list', () => {
    const window = visibleWindow(101, { viewPx: 100_000, rowPx: 64, topPx: 0 })

    assert.deepEqual(window, { first: 0, end: 101, abovePx: 0, belowPx: 0 })
  })
})
