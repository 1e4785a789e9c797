import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  MAX_MARKDOWN_LENGTH,
  markdownToHtml,
} from '../../../../web/src/markdown/markdown-to-html.ts'

describe('markdownToHtml', () => {
  it('makes inert elements of formulas, whatever they hold', () => {
    assert.equal(
      markdownToHtml('$a<img src=x onerror=y>b$'),
      '<p><span data-formula="inline">a&lt;img src=x onerror=y&gt;b</span></p>\n',
    )
  })

  it('finds formulas in lines of their own, with what looks like Markdown in them', () => {
    assert.equal(
      markdownToHtml('$$\na\n\n= b\n$$\n\n\\[\nc_1 * d * e\n\\]'),
      '<div data-formula="display">a\n\n= b</div>\n<div data-formula="display">c_1 * d * e</div>\n',
    )
  })

  it('finds formulas in quotes, lists and between other words', () => {
    assert.equal(
      markdownToHtml('> $$\n> a\n> $$'),
      '<blockquote>\n<div data-formula="display">a</div>\n</blockquote>\n',
    )
    assert.match(markdownToHtml('- $$a$$\n- b'), /<div data-formula="display">a<\/div>/)
    assert.equal(
      markdownToHtml('$$a$$ and $$b$$'),
      '<p><span data-formula="display">a</span> and <span data-formula="display">b</span></p>\n',
    )
  })

  it('leaves prices, escaped dollars and code alone', () => {
    assert.equal(
      markdownToHtml('\\$a$ and `$x$`, $5 and $6'),
      '<p>$a$ and <code>$x$</code>, $5 and $6</p>\n',
    )
  })

  it('marks tables whose cells it has looked into, and aligns them without a style', () => {
    const html = markdownToHtml('|a|b|\n|-|-:|\n|$x$|c|')

    assert.match(html, /^<table data-parsed="">/)
    assert.match(html, /<th align="right">b<\/th>/)
    assert.match(html, /<td><span data-formula="inline">x<\/span><\/td>/)
    assert.doesNotMatch(html, /style=/)
  })

  it('leaves HTML tables as they are: their formulas are found later', () => {
    assert.equal(
      markdownToHtml('<table><tr><td colspan="2">$a$</td></tr></table>'),
      '<table><tr><td colspan="2">$a$</td></tr></table>',
    )
  })

  it('puts headings below those of the document, without leaving out a level', () => {
    const levels = markdownToHtml('# a\n\n#### b\n\n# c').match(/<h\d/g)

    assert.deepEqual(levels, ['<h3', '<h4', '<h3'])
  })

  it('names images, for whoever decides which of them may be seen', () => {
    assert.equal(
      markdownToHtml('![a "b"](images/1_1.png) ![c](http://example.org/x "t")'),
      '<p><img src="images/1_1.png" alt="a &quot;b&quot;"> <img src="http://example.org/x" alt="c"></p>\n',
    )
  })

  it('cuts what is far too long', () => {
    assert.ok(markdownToHtml('x'.repeat(2 * MAX_MARKDOWN_LENGTH)).length < MAX_MARKDOWN_LENGTH + 20)
  })
})
