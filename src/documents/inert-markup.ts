/** Tags of a table that say something of its shape; everything else in one is text. */
const TABLE_TAG = /^(table|thead|tbody|tfoot|tr|td|th|caption|br|sup|sub|b|i|em|strong)$/

/** Tags inside a line that change nothing but its looks. */
const INLINE_TAG = /^(br|sup|sub|u|b|i|em|strong)$/

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^<>"'])*)>/gi
const SPAN = /\b(rowspan|colspan)\s*=\s*["']?(\d{1,3})\b/gi

/** Fenced code, code inside a line, and formulas: a backslash would be printed there. */
const VERBATIM =
  /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1|(`+)[^`\n](?:.*?[^`])?\2(?!`)|\$\$[\s\S]+?\$\$|\$[^$\n]+\$/gm

/**
 * An HTML table with nothing in it that could run: tags are written anew from a list, of their
 * attributes only spans are kept, everything else is text.
 */
export function inertTable(html: string): string {
  return escapeTagsBut(TABLE_TAG, html, '&lt;')
}

/**
 * Markdown of a model with nothing in it that could run or phone home: no tags but a few inline ones,
 * no remote images, no links but to web pages and mail addresses.
 */
export function inertMarkdown(markdown: string): string {
  let result = ''
  let from = 0
  for (const { 0: verbatim, index } of markdown.matchAll(VERBATIM)) {
    result += inertText(markdown.slice(from, index)) + inertVerbatim(verbatim)
    from = index + verbatim.length
  }
  return result + inertText(markdown.slice(from))
}

/** LaTeX that cannot leave the formula it is written into. */
export function inertFormula(latex: string): string {
  return inertVerbatim(latex.replaceAll(/\${2,}/g, ''))
}

/**
 * A space where markup would begin: nothing to a formula, hardly seen in code, and safe when a
 * renderer finds the end of the code elsewhere than we do.
 */
function inertVerbatim(text: string): string {
  return text
    .replaceAll(/<(?=[a-z/!?])/gi, '< ')
    .replaceAll('![', '! [')
    .replaceAll(/\]\((?!\s*(?:https?:|mailto:|#))/gi, '] (')
}

function inertText(text: string): string {
  return (
    escapeTagsBut(INLINE_TAG, text, String.raw`\<`)
      // An image is fetched as soon as it is shown.
      .replaceAll('![', String.raw`\!\[`)
      .replaceAll(/\]\((?!\s*(?:https?:|mailto:|#))/gi, String.raw`\](`)
      // A reference definition would give a link its address from elsewhere.
      .replaceAll(/^( {0,3})\[([^\]]*)\]:(?!\s*https?:)/gim, String.raw`$1\[$2\]:`)
  )
}

function escapeTagsBut(allowed: RegExp, text: string, escaped: string): string {
  let result = ''
  let from = 0
  const escape = (piece: string): string => piece.replaceAll(/<(?=[a-z/!?])/gi, () => escaped)
  for (const { 0: tag, 1: slash = '', 2: name = '', 3: rest = '', index } of text.matchAll(TAG)) {
    const lower = name.toLowerCase()
    const written = allowed.test(lower) ? `<${slash}${lower}${spansOf(rest)}>` : escape(tag)
    result += escape(text.slice(from, index)) + written
    from = index + tag.length
  }
  return result + escape(text.slice(from))
}

function spansOf(attributes: string): string {
  const spans = [...attributes.matchAll(SPAN)].map(
    ({ 1: name = '', 2: count = '' }) => ` ${name.toLowerCase()}="${count}"`,
  )
  return spans.join('')
}
