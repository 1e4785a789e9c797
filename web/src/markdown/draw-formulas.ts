import katex from 'katex'

import { splitAtFormulas } from './formula-syntax.ts'
import { isTooMuchFormula } from './markup-limits.ts'

/** Most elements that the formulas of a page are drawn with; a hundred long formulas have as many. */
const MAX_DRAWN_ELEMENTS = 20_000

/** What the formulas of a page have cost so far, in elements. One for all texts of a page. */
export type FormulaCost = { elements: number }

/** How LaTeX of unknown origin is drawn: nothing that leads out of the formula, and an end to macros. */
const OPTIONS = {
  trust: false,
  strict: 'ignore',
  maxExpand: 1000,
  maxSize: 20,
} as const

/**
 * Draws the formulas of sanitized HTML: the elements with `data-formula`, and what stands between
 * formula delimiters in table cells. What cannot be drawn, or would take too long, is shown as its
 * LaTeX.
 *
 * KaTeX builds elements and sets their styles one by one, which the policy of the page allows; its
 * HTML text would lose them.
 */
export function drawFormulas(fragment: DocumentFragment, cost: FormulaCost): void {
  for (const table of fragment.querySelectorAll('table:not([data-parsed])')) markCells(table)
  for (const element of fragment.querySelectorAll<HTMLElement>('[data-formula]')) {
    const latex = element.textContent
    const isDrawn =
      cost.elements < MAX_DRAWN_ELEMENTS &&
      !isTooMuchFormula(latex) &&
      isFormulaDrawn(latex, element)
    if (isDrawn) cost.elements += element.getElementsByTagName('*').length
    else {
      element.textContent = latex
      element.classList.add('latex')
    }
  }
}

function isFormulaDrawn(latex: string, element: HTMLElement): boolean {
  const displayMode = element.dataset['formula'] === 'display'
  try {
    katex.render(latex, element, { ...OPTIONS, displayMode, throwOnError: true })
    return true
  } catch (error) {
    if (!/undefined control sequence/i.test(String(error))) return false
  }
  // A command that KaTeX does not know is shown as such, and the formula around it drawn. Not tried
  // at once: for other errors KaTeX sets a style in a way that the policy of the page refuses.
  try {
    katex.render(latex, element, { ...OPTIONS, displayMode, throwOnError: false })
    return element.querySelector('.katex-error') === null
  } catch {
    return false
  }
}

function markCells(table: Element): void {
  const walker = document.createTreeWalker(table, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode())
    if (walker.currentNode instanceof Text && /[$\\]/.test(walker.currentNode.data))
      texts.push(walker.currentNode)
  for (const text of texts) {
    if (text.parentElement?.closest('[data-formula], code') !== null) continue
    const pieces = splitAtFormulas(text.data)
    if (pieces.every(({ kind }) => kind === 'text')) continue
    text.replaceWith(
      ...pieces.map((piece) => {
        if (piece.kind === 'text') return piece.text
        const formula = document.createElement('span')
        formula.dataset['formula'] = piece.isDisplay ? 'display' : 'inline'
        formula.textContent = piece.latex
        return formula
      }),
    )
  }
}
