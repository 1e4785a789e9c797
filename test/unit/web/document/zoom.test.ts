import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { nextZoom } from '../../../../web/src/document/zoom.ts'

describe('nextZoom', () => {
  it('goes from the whole page to its width, and on', () => {
    assert.equal(nextZoom('fit', 1), 1)
    assert.equal(nextZoom(1, 1), 1.5)
    assert.equal(nextZoom(1, -1), 'fit')
  })

  it('stays at the ends', () => {
    assert.equal(nextZoom('fit', -1), 'fit')
    assert.equal(nextZoom(4, 1), 4)
  })
})
