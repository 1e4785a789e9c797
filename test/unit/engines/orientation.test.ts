import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { longestQuads, runsVertically, turnFor } from '../../../src/engines/child/orientation.ts'
import type { Quad } from '../../../src/engines/layout/text-line.ts'

function box(widthPx: number, heightPx: number): Quad {
  return [
    { x: 0, y: 0 },
    { x: widthPx, y: 0 },
    { x: widthPx, y: heightPx },
    { x: 0, y: heightPx },
  ]
}

describe('runsVertically', () => {
  it('goes by the summed length of clear boxes', () => {
    assert.equal(runsVertically([box(20, 300), box(200, 20)]), true)
    assert.equal(runsVertically([box(20, 300), box(200, 20), box(150, 20)]), false)
  })

  it('leaves short boxes and an empty page out of account', () => {
    assert.equal(runsVertically([box(20, 39), box(20, 39)]), false)
    assert.equal(runsVertically([]), false)
  })
})

describe('longestQuads', () => {
  it('gives the longest boxes of the main direction first', () => {
    const long = box(300, 20)
    const middle = box(200, 20)

    assert.deepEqual(longestQuads([box(20, 400), middle, long, box(150, 20)], 2), [long, middle])
  })
})

describe('turnFor', () => {
  it('maps the direction of crops to the clockwise turn of the page', () => {
    assert.equal(turnFor(false, 'upright'), 0)
    assert.equal(turnFor(false, 'upside-down'), 180)
    assert.equal(turnFor(true, 'upright'), 270)
    assert.equal(turnFor(true, 'upside-down'), 90)
  })
})
