import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { spanOf, takesSpans } from '../../../../web/src/markdown/table-spans.ts'

describe('the spans of a table', () => {
  for (const attribute of ['1000x', '1000px', '+1000', ' 1000', '1000.5', '1e9', '1000000'])
    it(`are read as browsers read them: ${attribute} does not get past the limit`, () => {
      assert.ok(spanOf(attribute) <= 100)
    })

  it('are one where they say nothing', () => {
    for (const attribute of [null, '', 'x', '-5', '0', 'NaN', 'Infinity'])
      assert.equal(spanOf(attribute), 1, String(attribute))
    assert.equal(spanOf('3'), 3)
  })

  it('do not add up to what freezes a browser', () => {
    const cost = { spannedCells: 0 }

    const taken = Array.from({ length: 5_000 }, () => takesSpans(cost, 100, 1)).filter(Boolean)

    assert.equal(taken.length, 100)
    assert.equal(takesSpans({ spannedCells: 0 }, 100, 100), true)
  })
})
