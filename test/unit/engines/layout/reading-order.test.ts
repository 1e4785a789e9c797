import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readingOrder, rowsOf } from '../../../../src/engines/layout/reading-order.ts'

type Named = {
  name: string
  box: { left: number; top: number; right: number; bottom: number }
}

const HEIGHT = 20
const PITCH = 26

function line(name: string, [left, top]: [number, number], width: number): Named {
  return { name, box: { left, top, right: left + width, bottom: top + HEIGHT } }
}

function column(
  name: string,
  left: number,
  options: { top?: number; count?: number; width?: number } = {},
) {
  const { top = 100, count = 8, width = 300 } = options
  return Array.from({ length: count }, (_, row) =>
    line(`${name}${row + 1}`, [left, top + row * PITCH], width),
  )
}

const namesOf = (items: readonly Named[]): string[] =>
  readingOrder(items).flatMap((run) => run.flatMap((row) => row.map(({ name }) => name)))

const shuffled = (items: readonly Named[]): Named[] =>
  items.toSorted((a, b) => (a.name.charCodeAt(1) % 3) - (b.name.charCodeAt(1) % 3))

describe('readingOrder', () => {
  it('gives no runs for a page without lines', () => {
    assert.deepEqual(readingOrder([]), [])
  })

  it('reads the left column before the right one', () => {
    const left = column('l', 50)
    const right = column('r', 390)

    const names = namesOf(shuffled([...left, ...right]))

    assert.deepEqual(
      names,
      [...left, ...right].map(({ name }) => name),
    )
  })

  it('reads three columns from left to right', () => {
    const columns = ['a', 'b', 'c'].map((name, position) =>
      column(name, 50 + position * 220, { width: 190 }),
    )

    const names = namesOf(columns.flat())

    assert.deepEqual(
      names,
      columns.flat().map(({ name }) => name),
    )
  })

  it('reads a heading that spans both columns before them', () => {
    const heading = line('heading', [60, 74], 600)

    const names = namesOf([...column('l', 50), ...column('r', 390), heading])

    assert.equal(names[0], 'heading')
    assert.equal(names[1], 'l1')
    assert.equal(names[9], 'r1')
  })

  it('reads columns above a spanning line before those below it', () => {
    const above = [...column('a', 50, { count: 4 }), ...column('b', 390, { count: 4 })]
    const middle = line('middle', [60, 100 + 4 * PITCH], 600)
    const belowTop = 100 + 5 * PITCH
    const below = [
      ...column('c', 50, { top: belowTop, count: 4 }),
      ...column('d', 390, { top: belowTop, count: 4 }),
    ]

    const names = namesOf([...below, middle, ...above])

    assert.deepEqual(
      names,
      [...above, middle, ...below].map(({ name }) => name),
    )
  })

  it('keeps the cells of a table on their rows', () => {
    const cells = [
      ...column('a', 50, { count: 4, width: 60 }),
      ...column('b', 300, { count: 4, width: 60 }),
    ]

    const names = namesOf(cells)

    assert.deepEqual(names, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4'])
  })

  it('separates what a white band separates', () => {
    const runs = readingOrder([
      ...column('a', 50, { count: 2 }),
      ...column('b', 50, { top: 400, count: 2 }),
    ])

    assert.equal(runs.length, 2)
  })

  it('reads a page number below both columns last', () => {
    const number = line('number', [365, 100 + 8 * PITCH + 10], 12)

    const names = namesOf([number, ...column('l', 50), ...column('r', 390)])

    assert.equal(names.at(-1), 'number')
  })

  it('gives every line exactly once, whatever the boxes', () => {
    const box = fc.record({
      left: fc.nat(900),
      top: fc.nat(900),
      width: fc.nat(600),
      height: fc.nat(60),
    })

    fc.assert(
      fc.property(fc.array(box, { maxLength: 60 }), (boxes) => {
        const items = boxes.map(({ left, top, width, height }, position) => ({
          name: String(position),
          box: { left, top, right: left + width, bottom: top + height },
        }))
        assert.deepEqual(namesOf(items).sort(), items.map(({ name }) => name).sort())
      }),
      { numRuns: 200, seed: 7 },
    )
  })

  it('orders 1,000 boxes in in a few seconds of CPU at most', () => {
    let state = 1
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return (state / 2 ** 32) * below
    }
    const items = Array.from({ length: 1000 }, (_, position) =>
      line(String(position), [random(1600), random(2300)], 20 + random(200)),
    )
    const before = process.cpuUsage()

    const names = namesOf(items)

    assert.equal(names.length, 1000)
    assert.ok(process.cpuUsage(before).user < 4_000_000)
  })
})

describe('rowsOf', () => {
  it('puts lines of nearly the same height on one row, from left to right', () => {
    const rows = rowsOf([
      line('b', [200, 104], 50),
      line('a', [50, 100], 50),
      line('c', [50, 130], 50),
    ])

    assert.deepEqual(
      rows.map((row) => row.map(({ name }) => name)),
      [['a', 'b'], ['c']],
    )
  })
})
