import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HtmlRenderer, Parser } from 'commonmark'
import fc from 'fast-check'
import { inertFormula, inertMarkdown, inertTable } from '../../../src/documents/inert-markup.ts'
import { blocksToText } from '../../../src/documents/page-text.ts'

/** Tags that the renderer itself writes for Markdown, and those of tables. */
const HARMLESS =
  /^(p|h[1-6]|em|strong|code|pre|ul|ol|li|blockquote|hr|br|a|b|i|u|sub|sup|table|thead|tbody|tfoot|tr|td|th|caption)$/

/** What a page that shows Markdown would do with it, other than to show text. */
function harmIn(markdown: string): string[] {
  const html = new HtmlRenderer({ safe: false }).render(new Parser().parse(markdown))
  const harm: string[] = []
  for (const { 1: name = '', 2: attributes = '' } of html.matchAll(
    /<\/?([a-z!?][^\s/>]*)([^>]*)>/gi,
  )) {
    if (!HARMLESS.test(name)) harm.push(`<${name}>`)
    const target = /href="([^"]*)"/.exec(attributes)?.[1]
    if (target !== undefined && !/^(https?:|mailto:|#)/i.test(target)) harm.push(target)
    if (/\bon\w+=|\bstyle=|\bsrc=/i.test(attributes)) harm.push(attributes)
  }
  return harm
}

const HOSTILE = [
  '<script>alert(1)</script>',
  String.raw`\<script>alert(1)</script>`,
  String.raw`\\<script>alert(1)</script>`,
  '<img src=x onerror=alert(1)>',
  String.raw`\<img src=x onerror=alert(1)>`,
  '<IMG SRC="x" ONERROR="alert(1)">',
  '<svg/onload=alert(1)>',
  '<!-- <b> --><iframe src="//x">',
  '<a href="javascript:alert(1)">x</a>',
  '<b onclick="alert(1)">x</b>',
  '<javascript:alert(1)>',
  '$<script>alert(1)</script>$',
  '`<script>alert(1)</script>',
  String.raw`\`<img src=x>\``,
  '$$\n<script>\n$$',
  '```\n<script>\n',
  '<scr<script>ipt>',
  '![x](https://spy.example/1.png)',
  '![x][ref]\n\n[ref]: //spy.example',
  String.raw`\![x](https://spy.example/1.png)`,
  '[x](javascript:alert(1))',
  String.raw`[x\](javascript:alert(1))`,
  '[x]( <javascript:alert(1)>)',
  '[x](data:text/html,x)',
  '[x]\n\n[x]: javascript:alert(1)',
  '[x]\n\n> [x]: javascript:alert(1)',
  '[x]\n\n- [x]: javascript:alert(1)',
  '[a\\]b]\n\n[a\\]b]: javascript:alert(1)',
  '[x]\n\n$$a\n\n[x]: javascript:alert(1)\n\n$$',
  '[x]\n\n`a\n\n[x]: javascript:alert(1)\n\n`',
]

describe('inertMarkdown', () => {
  it('leaves Markdown alone that can do nothing', () => {
    const text = [
      '# One\n\n- **two** and `three`',
      'H<sub>2</sub>O, 5 < 6 and 7 <8',
      '[a link](https://example.org/x) and [mail](mailto:a@example.org)',
      '[note]: https://example.org',
      '```ts\nconst a = b[1]\n```',
      '$a_{1} = b$ and `x[0]`',
    ].join('\n\n')

    assert.equal(inertMarkdown(text), text)
  })

  for (const hostile of HOSTILE)
    it(`shows nothing but text of ${JSON.stringify(hostile).slice(0, 50)}`, () => {
      assert.deepEqual(harmIn(inertMarkdown(hostile)), [])
    })

  it('shows nothing but text, whatever comes', () => {
    const marks = ['<', '>', '/', '`', '``', '$', '$$', '![', '[x]', '](', ']:', ')', '\\', '"']
    const gaps = ['\n', '\n\n', '> ', '- ', ' ', '~~~\n']
    const words = ['script', 'b', 'javascript:x', 'https://e', '<b>']
    const piece = fc.constantFrom(...marks, ...gaps, ...words)

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        assert.deepEqual(harmIn(inertMarkdown(pieces.join(''))), [])
      }),
      { numRuns: 3_000 },
    )
  })

  it('would be found out: the hostile texts do harm as they are', () => {
    const harmless = HOSTILE.filter((hostile) => harmIn(hostile).length === 0)

    assert.ok(harmless.length < HOSTILE.length / 2, harmless.join('\n'))
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

  for (const hostile of [
    '![b](https://spy.example/b.png)\n\n[c](javascript:alert(1))',
    '<table><tr><td>\n\n![b](https://spy.example/b.png)\n\n</td></tr></table>',
    'x <table><tr><td>![b](https://spy.example/b.png)</td></tr></table>',
    '<table><tr><td>\n\n[x]: javascript:a\n\n[x]</td></tr></table>',
    '<table><tr><td><img src=x onerror=alert(1)></td></tr></table>',
  ])
    it(`shows nothing but text of ${JSON.stringify(hostile).slice(0, 50)}`, () => {
      assert.deepEqual(harmIn(inertTable(hostile)), [])
    })
})

describe('inertFormula', () => {
  it('cannot leave the formula', () => {
    assert.equal(inertFormula('a$$\n\n<script>$$b'), 'a\n< script>b')
  })
})

describe('hostile lengths', () => {
  for (const [name, piece] of [
    ['open tags', '<td x '],
    ['brackets', '[w\n'],
    ['backticks', '`a``b```'],
    ['backticks of growing length', '`'],
    ['dollars', '$a$$b'],
    ['newlines', '\n \t'],
    ['spaces', ' '],
    ['quotes', '<td "\' '],
  ] as const)
    it(`are worked through at once: ${name}`, () => {
      const text = piece.repeat(400_000 / piece.length)
      const before = process.cpuUsage()

      inertMarkdown(text)
      inertTable(`<table>${text}`)
      inertFormula(text)
      blocksToText([{ bbox: [0, 0, 1, 1], category: 'table', text, confidence: null }])

      const { user } = process.cpuUsage(before)
      // Quadratic work takes minutes of CPU.
      assert.ok(user < 10_000_000, `${user / 1e6} s`)
    })
})
