import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Block, BlockCategory } from '../../../src/contract/page.ts'
import { blocksToMarkdown, blocksToText } from '../../../src/documents/page-text.ts'

const PLAIN = { markup: 'plain', page: 1, pictures: 0 } as const
const MARKDOWN = { markup: 'markdown', page: 7, pictures: 2 } as const

function block(category: BlockCategory, text: string): Block {
  return { bbox: [0, 0, 10, 10], category, text, confidence: 1 }
}

describe('blocksToMarkdown', () => {
  it('marks titles, headings and items and leaves an empty line between blocks', () => {
    const page = [
      block('title', '报告'),
      block('section-header', 'One\ntwo'),
      block('list-item', '• x'),
    ]

    assert.equal(blocksToMarkdown(page, PLAIN), '# 报告\n\n## One two\n\n- x')
  })

  it('shows what is printed instead of reading it as markup', () => {
    const printed = block('text', '# 1 <b> *a* _b_ snake_case [x](y) `c`\n2. two\n- three')

    assert.equal(
      blocksToMarkdown([printed], PLAIN),
      String.raw`\# 1 \<b> \*a\* \_b\_ snake_case \[x\](y) \`c\`` + '\n2\\. two\n\\- three',
    )
  })

  it('keeps tables and formulas as they are', () => {
    const page = [block('table', '<table><tr><td>1</td></tr></table>'), block('formula', 'a_b')]

    assert.equal(blocksToMarkdown(page, PLAIN), '<table><tr><td>1</td></tr></table>\n\n$$\na_b\n$$')
  })
})

describe('blocksToMarkdown of an engine that writes Markdown', () => {
  it('keeps what the engine wrote and adds only a heading that is missing', () => {
    const page = [
      block('title', '# Report'),
      block('section-header', 'Part *one*'),
      block('list-item', '- x'),
      block('text', '**bold**\n$a<b$'),
    ]

    assert.equal(
      blocksToMarkdown(page, MARKDOWN),
      '# Report\n\n## Part *one*\n\n- x\n\n**bold**\n$a< b$',
    )
  })

  it('links pictures by page and place, and leaves headers and footers out', () => {
    const page = [
      block('page-header', 'Journal'),
      block('picture', ''),
      block('caption', 'Fig. 1'),
      block('picture', ''),
      block('page-footer', '12'),
    ]

    assert.equal(
      blocksToMarkdown(page, MARKDOWN),
      '![](images/7_1.png)\n\nFig. 1\n\n![](images/7_2.png)',
    )
    assert.equal(blocksToText(page), 'Fig. 1')
  })
})

describe('blocksToText', () => {
  it('separates blocks by an empty line and leaves pictures out', () => {
    assert.equal(
      blocksToText([block('text', 'a '), block('picture', ''), block('text', 'b')]),
      'a\n\nb',
    )
  })

  it('lays a table out with tabs', () => {
    const table =
      '<table><tr><th>a</th><td>b &amp; c</td></tr><tr><td>1</td><td>2</td></tr></table>'

    assert.equal(blocksToText([block('table', table)]), 'a\tb & c\n1\t2')
  })
})
