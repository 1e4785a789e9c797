/** Most tags of a text: some five hundred rows of a wide table. Every one costs time to look at. */
const MAX_TAGS = 20_000

/** How deep elements may lie in each other; no page of print is deeper than ten. */
const MAX_DEPTH = 100

/** Elements that the next one of their kind ends, or that hold nothing: they do not nest. */
const FLAT =
  /^(?:p|li|td|th|tr|thead|tbody|tfoot|dt|dd|colgroup|col|option|br|hr|img|wbr|input|area|base|link|meta|source|track|embed|param)$/i

/** Whether HTML is so large, or so deep, that it would stop the browser. Takes linear time. */
export function isTooMuchMarkup(html: string): boolean {
  let tags = 0
  let depth = 0
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
    if (++tags > MAX_TAGS) return true
    if (FLAT.test(name)) continue
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Longest formula that is drawn, in characters. */
const MAX_FORMULA_LENGTH = 10_000

/** Most cells of the matrices of a formula. */
const MAX_FORMULA_CELLS = 1_000

/** What gives a command a meaning of its own. No printed formula does, and a few of them grow for ever. */
const DEFINITION =
  /^\\(?:[gex]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand)(?![a-zA-Z@])/

/**
 * Whether a formula is so long, so deep or has so many cells that it would stop the browser, or defines
 * commands, whose text may be drawn any number of times.
 */
export function isTooMuchFormula(latex: string): boolean {
  if (latex.length > MAX_FORMULA_LENGTH) return true
  let cells = 0
  let depth = 0
  for (const [mark] of latex.matchAll(/&|\\[a-zA-Z@]+|\\\\|\\[{}]|[{}]/g)) {
    if (DEFINITION.test(mark)) return true
    if (mark === '{') depth++
    else if (mark === '}') depth--
    else if (mark === '&' || mark === '\\\\') cells++
    if (depth > MAX_DEPTH || cells > MAX_FORMULA_CELLS) return true
  }
  return false
}
