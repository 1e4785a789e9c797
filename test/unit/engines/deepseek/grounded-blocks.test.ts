import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BLOCK_CATEGORIES } from '../../../../src/contract/page.ts'
import { toPageBlocks } from '../../../../src/engines/deepseek/grounded-blocks.ts'

const page = { widthPx: 1998, heightPx: 999 }
const tag = (label: string, boxes: unknown = [[100, 200, 300, 400]]): string =>
  `<|ref|>${label}<|/ref|><|det|>${JSON.stringify(boxes)}<|/det|>\n`

describe('toPageBlocks', () => {
  it('gives blocks with boxes in pixels', () => {
    const { blocks, warnings } = toPageBlocks(`${tag('text')}Some text`, page)

    assert.deepEqual(blocks, [
      { bbox: [200, 200, 600, 400], category: 'text', text: 'Some text', confidence: null },
    ])
    assert.deepEqual(warnings, [])
  })

  it('reaches the edges of the page with 999', () => {
    const { blocks } = toPageBlocks(`${tag('text', [[0, 0, 999, 999]])}All`, page)

    assert.deepEqual(blocks[0]?.bbox, [0, 0, 1998, 999])
  })

  for (const [label, text, category, expected] of [
    ['title', '# Title', 'title', '# Title'],
    ['title', 'Title', 'title', '# Title'],
    ['sub_title', 'Section', 'section-header', '## Section'],
    ['sub_title', '### 1.1 Section', 'section-header', '### 1.1 Section'],
    ['Sub Title', 'Section', 'section-header', '## Section'],
    ['image_caption', '<center>Figure 1</center>', 'caption', 'Figure 1'],
    ['table_footnote', 'a: 2024', 'footnote', 'a: 2024'],
    ['header', 'Report', 'page-header', 'Report'],
    ['page_number', '12', 'page-footer', '12'],
    ['list', '- one\n- two', 'list-item', '- one\n- two'],
    ['equation', String.raw`\[ a^2 + b^2 \]`, 'formula', 'a^2 + b^2'],
    ['table', '<table><tr><td>1</td></tr></table>', 'table', '<table><tr><td>1</td></tr></table>'],
    ['text', '<table><tr><td>1</td></tr></table>', 'table', '<table><tr><td>1</td></tr></table>'],
    ['code_block', 'x = 1', 'text', 'x = 1'],
    ['constructor', 'x = 1', 'text', 'x = 1'],
  ] as const) {
    it(`reads "${label}" with "${text}" as ${category}`, () => {
      const { blocks, warnings } = toPageBlocks(tag(label) + text, page)

      assert.deepEqual(
        blocks.map((block) => [block.category, block.text]),
        [[category, expected]],
      )
      assert.deepEqual(warnings, [])
    })
  }

  it('makes HTML of a table in Markdown', () => {
    const { blocks } = toPageBlocks(`${tag('table')}| a | b |\n|---|---|\n| 1 | 2 |`, page)

    assert.equal(blocks[0]?.category, 'table')
    assert.match(blocks[0]?.text ?? '', /^<table>/)
  })

  it('gives a picture per box of an image, without text', () => {
    const boxes = [
      [0, 0, 100, 100],
      [200, 0, 300, 100],
    ]

    const { blocks, warnings } = toPageBlocks(`${tag('image', boxes)}\n${tag('text')}Next`, page)

    assert.deepEqual(
      blocks.map(({ category, text }) => [category, text]),
      [
        ['picture', ''],
        ['picture', ''],
        ['text', 'Next'],
      ],
    )
    assert.deepEqual(warnings, [])
  })

  it('joins the boxes of a text that has several', () => {
    const boxes = [
      [100, 200, 300, 400],
      [50, 300, 200, 500],
    ]

    const { blocks } = toPageBlocks(`${tag('text', boxes)}Text`, page)

    assert.deepEqual(blocks[0]?.bbox, [100, 200, 600, 500])
  })

  for (const [what, boxes] of [
    ['no list', 'text'],
    ['three numbers', [[1, 2, 3]]],
    ['text', [['1', '2', '3', '4']]],
    ['an empty list', []],
    ['a place outside', [[2000, 2000, 3000, 3000]]],
  ] as const) {
    it(`gives text the whole page, with a warning, when its box is ${what}`, () => {
      const { blocks, warnings } = toPageBlocks(`${tag('text', boxes)}Text`, page)

      assert.deepEqual(blocks[0]?.bbox, [0, 0, 1998, 999])
      assert.deepEqual(warnings, ['BOX_INVALID'])
    })
  }

  it('drops a picture without a place', () => {
    const { blocks, warnings } = toPageBlocks(tag('image', 'here') + tag('text') + 'Text', page)

    assert.equal(blocks.length, 1)
    assert.deepEqual(warnings, ['BOX_INVALID'])
  })

  it('warns of a part that should have text and has none', () => {
    const { blocks, warnings } = toPageBlocks(tag('text') + tag('title') + 'Title', page)

    assert.equal(blocks.length, 1)
    assert.deepEqual(warnings, ['OUTPUT_INCOMPLETE'])
  })

  it('takes the text of a tag that is text itself', () => {
    const { blocks } = toPageBlocks(`${tag('Total: 12.50')}${tag('合计')}`, page)

    assert.deepEqual(
      blocks.map(({ text }) => text),
      ['Total: 12.50', '合计'],
    )
  })

  it('gives text before the first tag the whole page', () => {
    const { blocks, warnings } = toPageBlocks(`Before\n${tag('text')}After`, page)

    assert.deepEqual(
      blocks.map(({ text }) => text),
      ['Before', 'After'],
    )
    assert.deepEqual(warnings, ['BOX_INVALID'])
  })

  it('splits an answer without tags, and says that the layout is lost', () => {
    const { blocks, warnings } = toPageBlocks('# Title\n\nA paragraph.\n\n- one\n- two', page)

    assert.deepEqual(
      blocks.map(({ category }) => category),
      ['title', 'text', 'list-item', 'list-item'],
    )
    assert.ok(blocks.every(({ bbox }) => bbox[2] === 1998 && bbox[3] === 999))
    assert.deepEqual(warnings, ['LAYOUT_LOST'])
  })

  it('gives no block for an empty answer', () => {
    assert.deepEqual(toPageBlocks(' \n<｜end▁of▁sentence｜>', page), { blocks: [], warnings: [] })
  })

  it('gives valid blocks for any answer', () => {
    const label = fc.constantFrom('text', 'image', 'table', 'equation', 'title', '__proto__', '')
    const boxes = fc.oneof(
      fc.array(fc.array(fc.integer({ min: -50, max: 1100 }), { maxLength: 5 }), { maxLength: 4 }),
      fc.json({ maxDepth: 3 }).map((json): unknown => JSON.parse(json)),
    )
    const grounded = fc.tuple(label, boxes).map(([name, list]) => tag(name, list))
    const noise = fc.constantFrom('<|ref|>', '<|/det|>', '<table>', '$$', '\n\n', '#', '$$x$$')
    const answer = fc.array(fc.oneof(grounded, noise, fc.string({ unit: 'grapheme' })))
    fc.assert(
      fc.property(answer, (pieces) => {
        const { blocks } = toPageBlocks(pieces.join(''), page)

        for (const { bbox, category, text } of blocks) {
          assert.ok(BLOCK_CATEGORIES.includes(category))
          assert.ok(category === 'picture' ? text === '' : text !== '')
          assert.ok(bbox.every(Number.isInteger))
          assert.ok(bbox[0] >= 0 && bbox[0] < bbox[2] && bbox[2] <= 1998)
          assert.ok(bbox[1] >= 0 && bbox[1] < bbox[3] && bbox[3] <= 999)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
