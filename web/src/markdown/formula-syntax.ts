/** A formula in a text: LaTeX without its delimiters, and where the text goes on. */
export type FoundFormula = {
  readonly latex: string
  /** Stands in a line of its own. */
  readonly isDisplay: boolean
  /** Place of the first character behind the closing delimiter. */
  readonly end: number
}

/**
 * Finds closing delimiters in one text. What it has found it remembers, so that looking for the end of
 * every opening delimiter of a long hostile text takes linear time in all.
 */
export type CloserSearch = (closer: string, from: number) => number

/** Searches `text`; answers `Infinity` where there is no closing delimiter any more. */
export function createCloserSearch(text: string): CloserSearch {
  const found = new Map<string, { readonly from: number; readonly at: number }>()
  return (closer, from) => {
    const last = found.get(closer)
    if (last !== undefined && last.from <= from && from <= last.at) return last.at
    const place = unescapedPlace(text, closer, from)
    found.set(closer, { from, at: place })
    return place
  }
}

/**
 * The formula that begins at `start`: `$…$`, `$$…$$`, `\(…\)` or `\[…\]`; `null` where none does.
 *
 * Between single dollars there is no space at the ends and no digit follows: `$5 and $6` are prices.
 */
export function formulaAt(text: string, start: number, search: CloserSearch): FoundFormula | null {
  const opener = openerAt(text, start)
  if (opener === null) return null
  const from = start + opener.length
  const at = search(CLOSER[opener], from)
  if (at === Infinity) return null
  const latex = text.slice(from, at)
  if (opener === '$' && (/^\s|\s$/.test(latex) || /\d/.test(text.charAt(at + 1)))) return null
  if (latex.trim() === '') return null
  return {
    latex: latex.trim(),
    isDisplay: opener === '$$' || opener === '\\[',
    end: at + CLOSER[opener].length,
  }
}

/** A piece of a text: words, or a formula. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'formula'; readonly latex: string; readonly isDisplay: boolean }

/** Splits a text that is no Markdown, such as a table cell, at its formulas. */
export function splitAtFormulas(text: string): TextPiece[] {
  const search = createCloserSearch(text)
  const pieces: TextPiece[] = []
  let from = 0
  let place = 0
  while (place < text.length) {
    const formula = formulaAt(text, place, search)
    if (formula === null) {
      // Behind a backslash a dollar is a dollar; of two dollars that open nothing, neither does.
      place += text[place] === '\\' || text.startsWith('$$', place) ? 2 : 1
      continue
    }
    if (place > from) pieces.push({ kind: 'text', text: text.slice(from, place) })
    pieces.push({ kind: 'formula', latex: formula.latex, isDisplay: formula.isDisplay })
    place = from = formula.end
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) })
  return pieces
}

/** What ends a formula, by what begins it. */
export const CLOSER = { $$: '$$', $: '$', '\\(': '\\)', '\\[': '\\]' } as const

function openerAt(text: string, start: number): keyof typeof CLOSER | null {
  const first = text[start]
  if (first === '$') return text[start + 1] === '$' ? '$$' : '$'
  if (first !== '\\') return null
  const second = text[start + 1]
  return second === '(' ? '\\(' : second === '[' ? '\\[' : null
}

function unescapedPlace(text: string, closer: string, from: number): number {
  for (let place = from; place < text.length; place += text[place] === '\\' ? 2 : 1)
    if (text.startsWith(closer, place)) return place
  return Infinity
}
