import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toFormulaText } from '../../../../src/engines/model-page/formula-latex.ts'

const r = String.raw
const latex = (text: string) => ({ kind: 'latex', latex: text })
const markdown = (text: string) => ({ kind: 'markdown', markdown: text })

const FORMULAS = [
  ['LaTeX without delimiters', r`\frac{a}{b}`, latex(r`\frac{a}{b}`)],
  ['double dollars', '$$\nE = mc^2\n$$', latex('E = mc^2')],
  ['single dollars', '$E = mc^2$', latex('E = mc^2')],
  ['square brackets', r`\[ x_1 \]`, latex('x_1')],
  ['round brackets', r`\( x_1 \)`, latex('x_1')],
  ['back-quotes', '`x_1`', latex('x_1')],
  ['a code fence', '```latex\nx_1 + x_2\n```', latex('x_1 + x_2')],
  ['a preamble', r`\usepackage[utf8]{inputenc} \begin{document} x^2 \end{document}`, latex('x^2')],
  ['a distance after a line break', r`a &= b \\[2pt] c &= d`, latex(r`a &= b \\[2pt] c &= d`)],
  ['a dollar sign of money', r`x^2 = 5\$`, latex(r`x^2 = 5\$`)],
  ['an empty line', 'x^2\n\n \n+ y', latex('x^2\n+ y')],
  ['less than a letter', 'x^2<y', latex('x^2< y')],
  ['text around dollars', r`where $x_1$ is`, markdown('where $x_1$ is')],
  ['two formulas', '$$x_1$$ and $$x_2$$', markdown('$$x_1$$ and $$x_2$$')],
  ['two formulas in brackets', r`\[x_1\] \[x_2\]`, markdown('$$x_1$$ $$x_2$$')],
  ['text around round brackets', r`with \(x_1\) as`, markdown('with $x_1$ as')],
  ['a dollar that would end it', 'x^2 $$ y', markdown('x^2 $$ y')],
  ['no LaTeX', 'a + b = c (3)', markdown('a + b = c (3)')],
  ['nothing between delimiters', '$$$$', markdown('$$$$')],
  ['nothing', ' ', markdown('')],
  ['a lone delimiter', '$', markdown('$')],
  ['a tab before a word', 'Prix\tau kilo', markdown('Prix\tau kilo')],
] as const

describe('toFormulaText', () => {
  for (const [name, text, expected] of FORMULAS) {
    it(`reads ${name}`, () => {
      assert.deepEqual(toFormulaText(text), expected)
    })
  }

  for (const piece of ['$', '`', r`\[`, r`\usepackage[`, r`\usepackage{`, '\n ', '\\', '<a ']) {
    it(`reads a million characters of ${JSON.stringify(piece)} in a few seconds of CPU at most`, () => {
      const before = process.cpuUsage()

      toFormulaText(`x${piece.repeat(1_000_000 / piece.length)}x`)

      assert.ok(process.cpuUsage(before).user < 10_000_000)
    })
  }
})
