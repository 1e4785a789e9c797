/** A formula: LaTeX without delimiters, or Markdown where it is more, or less, than one formula. */
export type FormulaText =
  | { readonly kind: 'latex'; readonly latex: string }
  | { readonly kind: 'markdown'; readonly markdown: string }

// What belongs around a whole document, not into a formula. Bounded, so that it stays linear.
const PREAMBLE =
  /\\(?:documentclass|usepackage)(?:\[[^\]]{0,200}\])?\{[^}]{0,200}\}|\\(?:begin|end)\{document\}/g
const LATEX = /\\[A-Za-z]+|\\[\\,;:!{}|]|[\^_{}]/
const DOLLAR = /(?<!\\)\$/
const DELIMITERS = [
  ['$$', '$$'],
  [String.raw`\[`, String.raw`\]`],
  [String.raw`\(`, String.raw`\)`],
  ['$', '$'],
] as const

/**
 * What a model wrote for a formula, in the form in which blocks hold it: delimiters, code fences and
 * preambles taken off. It ends no `$$` that is put around it, and holds no empty line. Text with
 * formulas inside, and text that is no LaTeX, comes back as Markdown.
 */
export function toFormulaText(text: string): FormulaText {
  const bare = withoutBackquotes(text).replaceAll(PREAMBLE, '')
  const latex = withoutDelimiters(bare.trim())
  if (latex === '' || DOLLAR.test(latex) || hasInnerDelimiters(latex) || !LATEX.test(latex)) {
    return { kind: 'markdown', markdown: withDollars(bare).trim() }
  }
  return { kind: 'latex', latex: harmless(latex) }
}

function withoutBackquotes(text: string): string {
  const fenced = /^```[a-z]*\n/i.exec(text.trim())
  const inside = fenced === null ? text.trim() : text.trim().slice(fenced[0].length)
  let [start, end] = [0, inside.length]
  while (inside.charAt(start) === '`') start += 1
  while (end > start && inside.charAt(end - 1) === '`') end -= 1
  return inside.slice(start, end)
}

function withoutDelimiters(text: string): string {
  for (const [open, close] of DELIMITERS) {
    if (text.length < open.length + close.length) continue
    if (!text.startsWith(open) || !text.endsWith(close)) continue
    const inside = text.slice(open.length, -close.length)
    // Two formulas, one after the other, are not one in delimiters.
    if (!inside.includes(open) && !inside.includes(close)) return inside.trim()
  }
  return text
}

function hasInnerDelimiters(latex: string): boolean {
  // `\\[2pt]` is a line break with a distance.
  return /(?<!\\)\\[[\]()]/.test(latex)
}

/** Markdown knows formulas between dollars only. */
function withDollars(text: string): string {
  return text.replaceAll(/(?<!\\)\\[[\]]/g, () => '$$').replaceAll(/(?<!\\)\\[()]/g, () => '$')
}

function harmless(latex: string): string {
  return (
    latex
      // An empty line would end the formula in Markdown.
      .replaceAll(/\n[ \t\r]*(?=\n)/g, '')
      // A letter after it could be taken for a tag; to LaTeX the space is nothing.
      .replaceAll(/<(?=[a-z/!?])/gi, '< ')
  )
}
