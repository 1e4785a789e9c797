import type MarkdownIt from 'markdown-it'

import { CLOSER, type CloserSearch, createCloserSearch, formulaAt } from './formula-syntax.ts'

type InlineState = Parameters<Parameters<MarkdownIt['inline']['ruler']['push']>[1]>[0]
type BlockState = Parameters<Parameters<MarkdownIt['block']['ruler']['push']>[1]>[0]

/**
 * Teaches markdown-it formulas, inside a line and in lines of their own. They become elements that
 * carry their LaTeX as text and do nothing: `draw-formulas.ts` draws them once everything is safe.
 *
 * `@mdit/plugin-tex` 0.24 looks for the end of every `\(` and `\[` anew: 100 KB of them take 8 s.
 */
export function formulaRules(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'formula', inlineFormula)
  markdown.block.ruler.after('blockquote', 'formula', blockFormula, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  })
  markdown.renderer.rules['formula'] = (tokens, place) => {
    const { block, content, markup } = tokens[place] ?? { block: false, content: '', markup: '' }
    const latex = markdown.utils.escapeHtml(content)
    return block
      ? `<div data-formula="display">${latex}</div>\n`
      : `<span data-formula="${markup}">${latex}</span>`
  }
}

// A state lives as long as its text is parsed; so does what was found in that.
const searches = new WeakMap<object, CloserSearch>()

function searchOf(state: { readonly src: string }): CloserSearch {
  const known = searches.get(state)
  if (known !== undefined) return known
  const search = createCloserSearch(state.src)
  searches.set(state, search)
  return search
}

function inlineFormula(state: InlineState, isSilent: boolean): boolean {
  const formula = formulaAt(state.src, state.pos, searchOf(state))
  if (formula === null) {
    // Both dollars at once: the second one would open a formula with the next pair's first.
    if (!state.src.startsWith('$$', state.pos)) return false
    if (!isSilent) state.pending += '$$'
    state.pos += 2
    return true
  }
  if (!isSilent) {
    const token = state.push('formula', 'span', 0)
    token.content = formula.latex
    token.markup = formula.isDisplay ? 'display' : 'inline'
  }
  state.pos = formula.end
  return true
}

// markdown-it gives its block rules four arguments.
// oxlint-disable-next-line max-params
function blockFormula(
  state: BlockState,
  startLine: number,
  endLine: number,
  isSilent: boolean,
): boolean {
  const start = lineStart(state, startLine)
  const opener = state.src.startsWith('$$', start)
    ? '$$'
    : state.src.startsWith('\\[', start)
      ? '\\['
      : null
  if (opener === null) return false
  const at = searchOf(state)(CLOSER[opener], start + 2)
  if (at === Infinity || !endsLine(state.src, at + 2)) return false
  let lastLine = startLine
  while (lastLine < endLine && (state.eMarks[lastLine] ?? 0) < at) lastLine++
  if (lastLine >= endLine) return false
  if (isSilent) return true
  const lines = state.getLines(startLine, lastLine + 1, state.blkIndent, false).trim()
  const token = state.push('formula', 'div', 0)
  token.block = true
  token.content = lines.slice(2, -2).trim()
  token.map = [startLine, lastLine + 1]
  state.line = lastLine + 1
  return true
}

function lineStart(state: BlockState, line: number): number {
  return (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0)
}

function endsLine(text: string, place: number): boolean {
  const rest = /[ \t]*(?:\n|$)/y
  rest.lastIndex = place
  return rest.test(text)
}
