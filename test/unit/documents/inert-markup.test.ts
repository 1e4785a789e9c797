import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { inertFormula, inertMarkdown, inertTable } from '../../../src/documents/inert-markup.ts'

describe('inertMarkdown', () => {
  it('leaves Markdown alone that can do nothing', () => {
    const text = [
      '# One\n\n- **two** and `three`',
      'H<sub>2</sub>O, 5 < 6 and 7 <8',
      '[a link](https://example.org/x) and [mail](mailto:a@example.org)',
      '```ts\nconst a = b[1]\n```',
    ].join('\n\n')

    assert.equal(inertMarkdown(text), text)
  })

  for (const hostile of [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<IMG SRC="x" ONERROR="alert(1)">',
    '<svg/onload=alert(1)>',
    '<!-- <b> --><iframe src="//x">',
    '<a href="javascript:alert(1)">x</a>',
    '<b onclick="alert(1)">x</b>',
    '$<script>alert(1)</script>$',
    '`<script>alert(1)</script>',
    String.raw`\`<img src=x>\``,
    '$$\n<script>\n$$',
    '<scr<script>ipt>',
  ])
    it(`writes no tag of its own for ${hostile.slice(0, 30)}`, () => {
      const inert = inertMarkdown(hostile)

      assert.doesNotMatch(inert, /(?<!\\)<(?!\/?(?:b|sub|sup|br|u|i|em|strong)>)[a-z/!?]/i)
    })

  it('fetches no image and follows no script', () => {
    assert.equal(inertMarkdown('![x](https://spy.example/1.png)').includes('!['), false)
    assert.equal(inertMarkdown('![x][ref]\n\n[ref]: //spy.example').includes('!['), false)
    assert.match(inertMarkdown('[x](javascript:alert(1))'), /\\\]\(javascript/)
    assert.match(inertMarkdown('[x](data:text/html,x)'), /\\\]\(data/)
    assert.match(inertMarkdown('[x]: javascript:alert(1)'), /\\\[x\\\]:/)
  })

  it('writes no other tag than the inline ones, whatever comes', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '`',
      '$',
      '$$',
      '![',
      '](',
      '\n',
      'script',
      ' b',
      '"',
      '\\',
      'x:',
    )

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const inert = inertMarkdown(pieces.join(''))

        assert.doesNotMatch(inert, /(?<!\\)<(?!\/?(?:b|sub|sup|br|u|i|em|strong)>)[a-z/!?]/i)
        assert.equal(inert.includes('!['), false)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('inertTable', () => {
  it('keeps the shape of a table', () => {
    const html = '<table><tr><td rowspan="2">a &amp; b</td><td>1<br>2</td></tr></table>'

    assert.equal(inertTable(html), html)
  })

  it('keeps spans only and turns other tags into text', () => {
    assert.equal(
      inertTable(
        '<table onload=x><tr><TD colspan=3 style="x">a<script>b</script></td></tr></table>',
      ),
      '<table><tr><td colspan="3">a&lt;script>b&lt;/script></td></tr></table>',
    )
  })
})

describe('inertFormula', () => {
  it('cannot leave the formula', () => {
    assert.equal(inertFormula('a$$\n<script>$$b'), 'a\n< script>b')
  })
})
