import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  MAX_WHOLE_TILES,
  scrollToTile,
  stripWindow,
} from '../../../../web/src/document/strip-window.ts'

const view = { scrollPx: 0, viewPx: 400, tilePx: 40 }

describe('stripWindow', () => {
  it('draws a short strip whole', () => {
    assert.deepEqual(stripWindow(MAX_WHOLE_TILES, view), {
      first: 0,
      end: MAX_WHOLE_TILES,
      beforePx: 0,
      afterPx: 0,
    })
  })

  it('draws what is in view of a long strip, and little more', () => {
    const { first, end } = stripWindow(500, { ...view, scrollPx: 8_000 })

    assert.ok(first <= 200 && end >= 210, `${first}–${end} has the tiles in view`)
    assert.ok(end - first < 40, `${end - first} tiles are few`)
  })

  it('keeps the width of the whole strip, wherever it is scrolled to', () => {
    for (const scrollPx of [0, 39, 7_777, 19_600, 99_999]) {
      const { first, end, beforePx, afterPx } = stripWindow(500, { ...view, scrollPx })

      assert.equal(beforePx + (end - first) * 40 + afterPx, 500 * 40)
    }
  })

  it('has the last tiles at the end', () => {
    assert.equal(stripWindow(500, { ...view, scrollPx: 500 * 40 - 400 }).end, 500)
  })
})

describe('scrollToTile', () => {
  it('stays where it is for a tile in view', () => {
    assert.equal(scrollToTile(3, view), 0)
  })

  it('puts a tile that is not in view in the middle', () => {
    assert.equal(scrollToTile(100, view), 100 * 40 + 20 - 200)
  })

  it('never scrolls before the first tile', () => {
    assert.equal(scrollToTile(0, { ...view, scrollPx: 4_000 }), 0)
  })
})
