import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { categoryCounts, MAX_BLOCKS, pageBoxes } from '../../../../web/src/document/page-boxes.ts'
import { blockView, pageView } from '../../../support/web-pages.ts'

describe('pageBoxes', () => {
  it('puts the large ones first, so that small ones lie above them', () => {
    const page = pageView({
      blocks: [blockView({ bbox: [10, 10, 20, 20] }), blockView({ bbox: [0, 0, 100, 100] })],
    })

    assert.deepEqual(
      pageBoxes(page).map(({ block }) => block),
      [1, 0],
    )
  })

  it('cuts boxes at the edges of the page', () => {
    const page = pageView({ blocks: [blockView({ bbox: [-5, 90, 1000, 400] })] })

    const [box] = pageBoxes(page)

    assert.deepEqual(box, { block: 0, category: 'text', left: 0, top: 90, width: 100, height: 110 })
  })

  it('has none for a block beside the page, turned over or of no number', () => {
    const page = pageView({
      blocks: [
        blockView({ bbox: [200, 10, 300, 20] }),
        blockView({ bbox: [50, 10, 10, 20] }),
        blockView({ bbox: [Number.NaN, 10, 10, 20] }),
      ],
    })

    assert.deepEqual(pageBoxes(page), [])
  })

  it('draws a bounded number of them', () => {
    const blocks = Array.from({ length: MAX_BLOCKS + 1 }, () => blockView())

    assert.equal(pageBoxes(pageView({ blocks })).length, MAX_BLOCKS)
  })
})

describe('categoryCounts', () => {
  it('counts the categories of a page, the most frequent first', () => {
    const blocks = [
      blockView({ category: 'title' }),
      blockView({ category: 'text' }),
      blockView({ category: 'text' }),
    ]

    assert.deepEqual(categoryCounts(blocks), [
      ['text', 2],
      ['title', 1],
    ])
  })
})
