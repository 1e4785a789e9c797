import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tightenQuads } from '../../../src/engines/child/tighten-quads.ts'
import type { Quad } from '../../../src/engines/layout/text-line.ts'

function box(left: number, top: number): Quad {
  const [right, bottom] = [left + 400, top + 40]
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ]
}

const extentsOf = (quads: readonly Quad[]): number[][] =>
  quads.map(([topLeft, , bottomRight]) => [topLeft.y, bottomRight.y])

describe('tightenQuads', () => {
  it('leaves boxes alone that overlap with none', () => {
    const quads = [box(0, 0), box(0, 60), box(500, 20)]

    assert.deepEqual(tightenQuads(quads), quads)
  })

  it('takes half of the overlap from each of two lines', () => {
    assert.deepEqual(extentsOf(tightenQuads([box(0, 0), box(0, 32)])), [
      [0, 36],
      [36, 72],
    ])
  })

  it('takes at most an eighth of the height from an edge', () => {
    assert.deepEqual(extentsOf(tightenQuads([box(0, 0), box(0, 25)])), [
      [0, 35],
      [30, 65],
    ])
  })

  it('does not take the neighbour on the same row for a line above', () => {
    const quads = [box(0, 0), box(390, 3)]

    assert.deepEqual(tightenQuads(quads), quads)
  })
})
