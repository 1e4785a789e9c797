import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { usableBox } from '../../../../src/engines/model-page/bounding-box.ts'

const page = { widthPx: 800, heightPx: 600 }

describe('usableBox', () => {
  it('takes a box as it is', () => {
    assert.deepEqual(usableBox([10, 20, 300, 400], page), [10, 20, 300, 400])
  })

  it('rounds outwards', () => {
    assert.deepEqual(usableBox([10.9, 20.1, 300.1, 400.9], page), [10, 20, 301, 401])
  })

  it('clips what hangs over the edge', () => {
    assert.deepEqual(usableBox([-5, -0.5, 900, 1e300], page), [0, 0, 800, 600])
  })

  it('mends swapped corners', () => {
    assert.deepEqual(usableBox([300, 400, 10, 20], page), [10, 20, 300, 400])
    assert.deepEqual(usableBox([300, 20, 10, 400], page), [10, 20, 300, 400])
  })

  for (const [what, numbers] of [
    ['three numbers', [1, 2, 3]],
    ['five numbers', [1, 2, 3, 4, 5]],
    ['text', ['1', '2', '3', '4']],
    ['a box in a box', [[1, 2, 3, 4]]],
    ['NaN', [1, 2, NaN, 4]],
    ['infinity', [0, 0, Infinity, 4]],
    ['null', null],
    ['a list of nothing', Array.from({ length: 4 })],
    ['an object', { 0: 1, 1: 2, 2: 3, 3: 4, length: 4 }],
    ['no area', [10, 20, 10, 40]],
    ['a place beside the page', [900, 20, 950, 40]],
    ['a place above the page', [10, -40, 20, -10]],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.equal(usableBox(numbers, page), null)
    })
  }

  it('gives boxes within the page only', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 4, maxLength: 4 }), (numbers) => {
        const box = usableBox(numbers, page)

        if (box === null) return
        const [left, top, right, bottom] = box
        assert.ok(box.every(Number.isInteger))
        assert.ok(left >= 0 && left < right && right <= 800)
        assert.ok(top >= 0 && top < bottom && bottom <= 600)
      }),
    )
  })
})
