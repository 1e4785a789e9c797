import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  formatPageRanges,
  parsePageRanges,
  selectPages,
} from '../../../src/contract/page-ranges.ts'

describe('parsePageRanges', () => {
  it('reads single pages and ranges', () => {
    assert.deepEqual(parsePageRanges('1-3,7'), [
      [1, 3],
      [7, 7],
    ])
  })

  it('sorts, merges and drops duplicates', () => {
    assert.deepEqual(parsePageRanges('7, 2-3, 1 - 2, 4,7'), [
      [1, 4],
      [7, 7],
    ])
  })

  for (const text of [
    '',
    ' ',
    '0',
    '3-1',
    'a',
    '1-',
    '-3',
    '1,,2',
    '1.5',
    '1000000',
    '100001',
    '١',
  ])
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parsePageRanges(text), null)
    })

  it('refuses more than 200 parts', () => {
    assert.equal(parsePageRanges(Array.from({ length: 201 }, (_, n) => 2 * n + 1).join(',')), null)
  })

  it('selects exactly the pages that were named', () => {
    const pages = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(pages, (wanted) => {
        const selected = selectPages(parsePageRanges(wanted.join(',')), 50)
        const expected = [...new Set(wanted)].filter((page) => page <= 50).toSorted((a, b) => a - b)
        assert.deepEqual(selected, expected)
      }),
    )
  })
})

describe('selectPages', () => {
  it('selects every page when nothing was asked for', () => {
    assert.deepEqual(selectPages(null, 3), [1, 2, 3])
  })

  it('selects nothing beyond the end', () => {
    assert.deepEqual(selectPages([[5, 9]], 4), [])
  })
})

describe('formatPageRanges', () => {
  it('writes a selection as it is read', () => {
    const ranges = parsePageRanges('7, 1-3,9-9') ?? []

    assert.equal(formatPageRanges(ranges), '1-3,7,9')
  })
})
