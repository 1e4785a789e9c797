import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Block, BlockCategory } from '../../../src/contract/page.ts'
import { blocksToMarkdown, blocksToText } from '../../../src/documents/page-text.ts'

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

    assert.equal(blocksToMarkdown(page), '# 报告\n\n## One two\n\n- x')
  })

  it('shows what is printed instead of reading it as markup', () => {
    const printed = block('text', '# 1 <b> *a* _b_ snake_case [x](y) `c`\n2. two\n- three')

    assert.equal(
      blocksToMarkdown([printed]),
      String.raw`\# 1 \<b> \*a\* \_b\_ snake_case \[x\](y) \`c\`` + '\n2\\. two\n\\- three',
    )
  })

  it('keeps tables and formulas as they are', () => {
    const page = [block('table', '<table><tr><td>1</td></tr></table>'), block('formula', 'a_b')]

    assert.equal(blocksToMarkdown(page), '<table><tr><td>1</td></tr></table>\n\n$$\na_b\n$$')
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
