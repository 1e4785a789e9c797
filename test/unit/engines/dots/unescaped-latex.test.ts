import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  restoreFormulaCommands,
  restoreLatexCommands,
} from '../../../../src/engines/dots/unescaped-latex.ts'

describe('restoreLatexCommands', () => {
  it('puts back the backslashes that JSON took for escapes', () => {
    const restored = restoreLatexCommands('$\frac{a}{b} \times \beta \right \text{x}$')

    assert.equal(restored, String.raw`$\frac{a}{b} \times \beta \right \text{x}$`)
  })

  it('leaves tabs and line ends before words as they are', () => {
    const text = 'to\tan\to\timesheet\next\r\nright'

    assert.equal(restoreLatexCommands(text), text)
  })

  it('takes no word behind a tab for LaTeX, in French either', () => {
    const text = 'Prix\tau kilo\rvert\rho\tfrac\rceil\rfloor'

    assert.equal(restoreLatexCommands(text), text)
  })
})

describe('restoreFormulaCommands', () => {
  it('takes newlines and tabs before the rest of a command for backslashes, too', () => {
    assert.equal(restoreFormulaCommands('a \neq b \to c\nu'), `${String.raw`a \neq b \to c`}\nu`)
  })

  it('knows more commands than in a text', () => {
    const restored = restoreFormulaCommands('\tau \rho \tfrac{1}{2} \rvert')

    assert.equal(restored, String.raw`\tau \rho \tfrac{1}{2} \rvert`)
  })
})
