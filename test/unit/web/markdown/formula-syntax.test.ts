import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { splitAtFormulas } from '../../../../web/src/markdown/formula-syntax.ts'

const formulas = (text: string) =>
  splitAtFormulas(text).flatMap((piece) => (piece.kind === 'formula' ? [piece.latex] : []))

describe('splitAtFormulas', () => {
  it('finds formulas between all four delimiters', () => {
    const text = String.raw`a $b$ c $$d$$ \(e\) \[f\]`

    assert.deepEqual(splitAtFormulas(text), [
      { kind: 'text', text: 'a ' },
      { kind: 'formula', latex: 'b', isDisplay: false },
      { kind: 'text', text: ' c ' },
      { kind: 'formula', latex: 'd', isDisplay: true },
      { kind: 'text', text: ' ' },
      { kind: 'formula', latex: 'e', isDisplay: false },
      { kind: 'text', text: ' ' },
      { kind: 'formula', latex: 'f', isDisplay: true },
    ])
  })

  it('takes prices for prices', () => {
    assert.deepEqual(formulas('$5 and $6, 费用$5，税$6, US$5/US$6'), [])
  })

  it('takes an escaped dollar for a dollar', () => {
    assert.deepEqual(formulas(String.raw`\$a$ and $b\$c$`), [String.raw`b\$c`])
  })

  it('leaves delimiters that nothing closes', () => {
    for (const text of ['$a', '$$a', String.raw`\(a`, String.raw`\[a`, '$$', '$ $', '$$$$'])
      assert.deepEqual(splitAtFormulas(text), [{ kind: 'text', text }])
  })

  it('does not lose a character', () => {
    const text = String.raw`x\$ $$ $a$ \\( b\) $`

    const pieces = splitAtFormulas(text)

    const whole = pieces.map((piece) => (piece.kind === 'text' ? piece.text : `$${piece.latex}$`))
    assert.equal(whole.join(''), text)
  })
})
