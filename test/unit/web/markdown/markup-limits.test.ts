import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { isTooMuchFormula, isTooMuchMarkup } from '../../../../web/src/markdown/markup-limits.ts'

describe('isTooMuchMarkup', () => {
  it('lets a table of a thousand rows through, closed or not', () => {
    assert.equal(isTooMuchMarkup('<table>' + '<tr><td>a</td><td>b</td></tr>'.repeat(1_000)), false)
    assert.equal(isTooMuchMarkup('<table>' + '<tr><td>a<td>b'.repeat(1_000)), false)
  })

  it('stops more tags than a page of print can need', () => {
    assert.equal(isTooMuchMarkup('<td>'.repeat(20_001)), true)
  })

  it('stops elements that lie too deep in each other', () => {
    assert.equal(isTooMuchMarkup('<div>'.repeat(101)), true)
    assert.equal(isTooMuchMarkup('<table><tr><td>'.repeat(101)), true)
    assert.equal(isTooMuchMarkup('<div></div>'.repeat(101)), false)
  })

  it('does not count what is no tag', () => {
    assert.equal(isTooMuchMarkup('a < b <= c '.repeat(20_000)), false)
  })
})

describe('isTooMuchFormula', () => {
  it('lets large honest formulas through', () => {
    const row = `${'a_{ij} & '.repeat(20)}b \\\\`

    assert.equal(isTooMuchFormula(`\\begin{pmatrix}${row.repeat(20)}\\end{pmatrix}`), false)
  })

  it('stops what is too long, too deep or has too many cells', () => {
    assert.equal(isTooMuchFormula('x'.repeat(10_001)), true)
    assert.equal(isTooMuchFormula('{'.repeat(101)), true)
    assert.equal(isTooMuchFormula('a&'.repeat(1_001)), true)
    assert.equal(isTooMuchFormula('a\\\\'.repeat(1_001)), true)
  })

  it('stops short formulas that define what is drawn a thousand times', () => {
    for (const name of ['def', 'gdef', 'edef', 'xdef', 'let', 'futurelet', 'global', 'long'])
      assert.equal(isTooMuchFormula(`\\${name}\\x{aaa}\\x\\x`), true, name)
    for (const name of ['newcommand', 'renewcommand', 'providecommand'])
      assert.equal(isTooMuchFormula(`\\${name}{\\x}{aaa}\\x\\x`), true, name)
  })

  it('lets commands through that are only named like that, and line breaks before words', () => {
    for (const latex of ['\\deflate', '\\lettera', '\\longrightarrow', 'a \\\\def', '\\leq'])
      assert.equal(isTooMuchFormula(latex), false, latex)
  })

  it('does not count braces that are printed', () => {
    assert.equal(isTooMuchFormula('\\{'.repeat(200)), false)
  })
})
