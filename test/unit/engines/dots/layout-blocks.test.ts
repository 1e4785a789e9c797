import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toBlocks, toPageBlock } from '../../../../src/engines/dots/layout-blocks.ts'
import type { Layout, LayoutCell } from '../../../../src/engines/dots/layout-cell.ts'

const IMAGE = { widthPx: 1654, heightPx: 2339 }
const PAGE = { image: IMAGE, sent: { widthPx: 1652, heightPx: 2352 } }
const WHOLE = [0, 0, 1654, 2339]

function cell(changes: Partial<LayoutCell> = {}): LayoutCell {
  return { bbox: [100, 200, 300, 400], category: 'Text', text: 'alpha', ...changes }
}

function layoutOf(cells: readonly LayoutCell[], changes: Partial<Layout> = {}): Layout {
  return { cells, isRepaired: false, isIncomplete: false, ...changes }
}

describe('toBlocks', () => {
  it('maps boxes back to the page, towards zero', () => {
    const { blocks, warnings } = toBlocks(layoutOf([cell()]), PAGE)

    assert.deepEqual(blocks, [
      { bbox: [100, 198, 300, 397], category: 'text', text: 'alpha', confidence: null },
    ])
    assert.deepEqual(warnings, [])
  })

  it('keeps the order, page headers and footers, and the marks of titles', () => {
    const cells = ['Page-header', 'Title', 'Section-header', 'List-item', 'Page-footer'].map(
      (category) => cell({ category, text: `# ${category}` }),
    )

    const { blocks } = toBlocks(layoutOf(cells), PAGE)

    assert.deepEqual(
      blocks.map(({ category, text }) => [category, text]),
      [
        ['page-header', '# Page-header'],
        ['title', '# Title'],
        ['section-header', '# Section-header'],
        ['list-item', '# List-item'],
        ['page-footer', '# Page-footer'],
      ],
    )
  })

  it('makes text of a category that it does not know', () => {
    const { blocks } = toBlocks(
      layoutOf([cell({ category: 'Stamp' }), cell({ category: null })]),
      PAGE,
    )

    assert.deepEqual(
      blocks.map(({ category }) => category),
      ['text', 'text'],
    )
  })

  it('gives pictures no text', () => {
    const cells = [cell({ category: 'Picture' }), cell({ category: 'Picture', text: null })]

    const { blocks, warnings } = toBlocks(layoutOf(cells), PAGE)

    assert.deepEqual(
      blocks.map(({ category, text }) => [category, text]),
      [
        ['picture', ''],
        ['picture', ''],
      ],
    )
    assert.deepEqual(warnings, [])
  })

  it('keeps tables as HTML and takes off a code fence', () => {
    const text = '```html\n<table><tr><td>1</td></tr></table>\n```'

    const { blocks } = toBlocks(layoutOf([cell({ category: 'Table', text })]), PAGE)

    assert.equal(blocks[0]?.text, '<table><tr><td>1</td></tr></table>')
  })

  it('makes text of a formula that is none', () => {
    const cells = [
      cell({ category: 'Formula', text: '$$x^2$$' }),
      cell({ category: 'Formula', text: 'where $x$ is' }),
    ]

    const { blocks } = toBlocks(layoutOf(cells), PAGE)

    assert.deepEqual(
      blocks.map(({ category, text }) => [category, text]),
      [
        ['formula', 'x^2'],
        ['text', 'where $x$ is'],
      ],
    )
  })

  for (const bbox of [null, [1, 2, 3], [1, 2, 3, NaN], [5000, 1, 6000, 2], [9, 9, 9, 9], []]) {
    it(`keeps a text whose box is ${JSON.stringify(bbox)}, anywhere on the page`, () => {
      const { blocks, warnings } = toBlocks(layoutOf([cell({ bbox })]), PAGE)

      assert.deepEqual(
        blocks.map((block) => [block.bbox, block.text]),
        [[WHOLE, 'alpha']],
      )
      assert.deepEqual(warnings, ['BOX_INVALID'])
    })
  }

  it('clips boxes to the page and mends swapped corners', () => {
    const cells = [cell({ bbox: [-10, -10, 9000, 9000] }), cell({ bbox: [300, 400, 100, 200] })]

    const { blocks, warnings } = toBlocks(layoutOf(cells), PAGE)

    assert.deepEqual(
      blocks.map(({ bbox }) => bbox),
      [WHOLE, [100, 198, 300, 397]],
    )
    assert.deepEqual(warnings, [])
  })

  it('drops a picture without a place and says so', () => {
    const cells = [cell(), cell({ category: 'Picture', bbox: null })]

    const { blocks, warnings } = toBlocks(layoutOf(cells), PAGE)

    assert.equal(blocks.length, 1)
    assert.deepEqual(warnings, ['BOX_INVALID'])
  })

  it('drops a cell that should have text and says so', () => {
    const { blocks, warnings } = toBlocks(layoutOf([cell(), cell({ text: ' ' })]), PAGE)

    assert.equal(blocks.length, 1)
    assert.deepEqual(warnings, ['OUTPUT_INCOMPLETE'])
  })

  it('says what was repaired and what broke off', () => {
    const layout = layoutOf([cell()], { isRepaired: true, isIncomplete: true })

    assert.deepEqual(toBlocks(layout, PAGE).warnings, ['OUTPUT_REPAIRED', 'OUTPUT_INCOMPLETE'])
  })

  for (const category of ['Text', 'Formula']) {
    it(`leaves tabs of a cell alone that look like LaTeX (${category})`, () => {
      const { blocks } = toBlocks(layoutOf([cell({ category, text: 'x_1\times y' })]), PAGE)

      assert.equal(blocks[0]?.text, 'x_1\times y')
    })
  }

  it('leaves no half characters, which no file can hold', () => {
    const { blocks } = toBlocks(layoutOf([cell({ text: 'a\uD83D b' })]), PAGE)

    assert.equal(blocks[0]?.text.isWellFormed(), true)
  })
})

describe('toPageBlock', () => {
  it('gives the whole page', () => {
    assert.deepEqual(toPageBlock(' alpha\n', IMAGE), [
      { bbox: WHOLE, category: 'text', text: 'alpha', confidence: null },
    ])
  })

  it('gives nothing for nothing', () => {
    assert.deepEqual(toPageBlock(' \n', IMAGE), [])
  })

  it('leaves tabs alone that look like LaTeX: nothing was read from JSON', () => {
    assert.equal(toPageBlock('a\times b\text', IMAGE)[0]?.text, 'a\times b\text')
  })
})
