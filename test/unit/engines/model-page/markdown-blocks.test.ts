import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { splitMarkdown } from '../../../../src/engines/model-page/markdown-blocks.ts'

describe('splitMarkdown', () => {
  const parts = (markdown: string) =>
    splitMarkdown(markdown).map(({ category, text }) => [category, text])

  it('tells headings, paragraphs and list items apart', () => {
    const markdown =
      '# Title\nFirst line\nsecond line\n\n## Part\n\n- one\n- two\n\n1. a\n2. b\n\nend'

    assert.deepEqual(parts(markdown), [
      ['title', '# Title'],
      ['text', 'First line\nsecond line'],
      ['section-header', '## Part'],
      ['list-item', '- one'],
      ['list-item', '- two'],
      ['list-item', '1. a'],
      ['list-item', '2. b'],
      ['text', 'end'],
    ])
  })

  it('keeps what is nested in an item with it', () => {
    const markdown = '- one\n  - inner\n\n  more of one\nlazy line\n- two'

    assert.deepEqual(parts(markdown), [
      ['list-item', '- one\n  - inner\n\n  more of one\nlazy line'],
      ['list-item', '- two'],
    ])
  })

  it('splits the items of a list that is indented as a whole', () => {
    assert.deepEqual(parts('  - one\n  - two'), [
      ['list-item', '  - one'],
      ['list-item', '  - two'],
    ])
  })

  it('takes formulas without their delimiters', () => {
    const markdown = 'before\n$$\nx^2\n+ 1\n$$\n$$ y $$\n\n\\[ \\frac{a}{b} \\]'

    assert.deepEqual(parts(markdown), [
      ['text', 'before'],
      ['formula', 'x^2\n+ 1'],
      ['formula', 'y'],
      ['formula', String.raw`\frac{a}{b}`],
    ])
  })

  it('leaves a formula with its number, or one that is never closed, as text', () => {
    assert.deepEqual(parts('$$a$$ (1)\nb\n\n$$ c\nd\n\ne'), [
      ['text', '$$a$$ (1)'],
      ['text', 'b'],
      ['text', '$$ c\nd'],
      ['text', 'e'],
    ])
  })

  it('keeps an HTML table whole, empty lines and inner tables included', () => {
    const table = '<table>\n<tr><td>1\n\n<table><tr><td>x</td></tr></table></td></tr>\n\n</table>'

    assert.deepEqual(parts(`a\n${table}\nb`), [
      ['text', 'a'],
      ['table', table],
      ['text', 'b'],
    ])
  })

  it('writes a pipe table as HTML', () => {
    const markdown = 'T\n| a | b |\n|---|:-:|\n| 1 | x \\| y |\n| 2 |\nend'

    assert.deepEqual(parts(markdown), [
      ['text', 'T'],
      [
        'table',
        '<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>x | y</td></tr>\n<tr><td>2</td></tr>\n</table>',
      ],
      ['text', 'end'],
    ])
  })

  it('keeps code whole, whatever is in it', () => {
    const code = '```md\n# no title\n\n| a |\n|---|\n$$x$$\n```'

    assert.deepEqual(parts(`a\n${code}\nb`), [
      ['text', 'a'],
      ['text', code],
      ['text', 'b'],
    ])
  })

  it('finds footnotes and rules', () => {
    assert.deepEqual(parts('a\n[^1]: note\n---\nb'), [
      ['text', 'a'],
      ['footnote', '[^1]: note'],
      ['text', '---'],
      ['text', 'b'],
    ])
  })

  it('does not take a number at the start of a line for a list', () => {
    assert.deepEqual(parts('it was in\n1984. And then'), [['text', 'it was in\n1984. And then']])
  })

  it('gives nothing for nothing', () => {
    assert.deepEqual(parts(' \n\n\t'), [])
  })

  it('loses no character of any Markdown, and invents none', () => {
    const samples = ['# a', '- b', '1. c', '<table>', '</table>', '```', '~~~', 'd e', '', '  f']
    const others = ['[^1]: g', '> h', '---', '<td>i', '第一', '\\[', '* * *', '\tj', '    k']
    const piece = fc.constantFrom(...samples, ...others)
    const visible = (text: string): string => text.replaceAll(/\s/g, '')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (lines) => {
        const markdown = lines.join('\n')

        const texts = splitMarkdown(markdown).map(({ text }) => text)

        assert.equal(visible(texts.join('')), visible(markdown))
        assert.ok(texts.every((text) => text.trim() !== ''))
      }),
    )
  })

  it('splits any number of lines in a time that grows with it only', () => {
    const started = performance.now()

    for (const line of ['<table>', '$$ x', '- a', '```', '| a |', '  - x', '$$', '1. a']) {
      splitMarkdown(`${line}\n`.repeat(30_000))
    }

    assert.ok(performance.now() - started < 10_000)
  })
})
