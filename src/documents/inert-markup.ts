/** Tags of a table that say something of its shape; everything else in one is text. */
const TABLE_TAG = /^(table|thead|tbody|tfoot|tr|td|th|caption|br|sup|sub|b|i|em|strong)$/i

/** Tags inside a line that change nothing but its looks. */
const INLINE_TAG = /^(br|sup|sub|u|b|i|em|strong)$/i

// Every class is bounded or ends at the character that the search began with: hostile text is long.
const TAG = /<(\/?)([a-z][a-z0-9]{0,20})((?:\s[^<>]{0,500})?)\/?>/gi
const TAG_START = /<(?=[a-z/!?])/gi
const SPAN = /\s(rowspan|colspan)\s?=\s?["']?(\d{1,3})\b/gi

/** Where a link, or the definition of one, goes to something else than a web page or an address. */
const OTHER_TARGET = /\](?=\((?!\s{0,20}(?:https?:|mailto:|#))|:(?!\s{0,20}(?:https?:|mailto:)))/gi

/** A run of backticks, or a formula: what may begin a stretch in which an entity would be printed. */
const VERBATIM_START = /`+|\$\$[^$]+\$\$|\$[^$\n]+\$/g

/**
 * An HTML table with nothing in it that could run, phone home or end it: tags are written anew from
 * a list, of their attributes only spans are kept, everything else is text. It has no empty line,
 * after which Markdown would go on. What holds no table is Markdown.
 */
export function inertTable(html: string): string {
  if (!/<table[\s>]/i.test(html)) return inertMarkdown(html)
  const lines = html.split('\n').filter((line) => line.trim() !== '')
  return inertText(lines.join('\n').trim(), TABLE_TAG)
}

/**
 * Markdown of a model with nothing in it that could run or phone home: no tags but a few inline ones,
 * no remote images, no links but to web pages and mail addresses.
 *
 * What would be markup is written as an entity, which no backslash before it turns back. In code and
 * formulas, where an entity would be printed, a space stands instead: hardly seen there, and safe when
 * a renderer finds their end elsewhere than we do.
 */
export function inertMarkdown(markdown: string): string {
  let result = ''
  let from = 0
  for (const { start, end } of verbatimStretches(markdown)) {
    result += inertText(markdown.slice(from, start), INLINE_TAG)
    result += inertVerbatim(markdown.slice(start, end))
    from = end
  }
  return result + inertText(markdown.slice(from), INLINE_TAG)
}

/** LaTeX that cannot leave the formula it is written into. */
export function inertFormula(latex: string): string {
  const lines = latex.replaceAll(/\${2,}/g, '').split('\n')
  return inertVerbatim(lines.filter((line) => line.trim() !== '').join('\n'))
}

function inertText(text: string, allowed: RegExp): string {
  let result = ''
  let from = 0
  for (const { 0: tag, 1: slash = '', 2: name = '', 3: attributes = '', index } of text.matchAll(
    TAG,
  )) {
    if (!allowed.test(name)) continue
    result += withEntities(text.slice(from, index))
    result += `<${slash}${name.toLowerCase()}${spansOf(attributes)}>`
    from = index + tag.length
  }
  return result + withEntities(text.slice(from))
}

function withEntities(text: string): string {
  return (
    text
      .replaceAll(TAG_START, '&lt;')
      // An image is fetched as soon as it is shown.
      .replaceAll('![', '!&#91;')
      .replaceAll(OTHER_TARGET, '&#93;')
  )
}

function inertVerbatim(text: string): string {
  return text.replaceAll(TAG_START, '< ').replaceAll('![', '! [').replaceAll(OTHER_TARGET, '] ')
}

function spansOf(attributes: string): string {
  const spans = [...attributes.matchAll(SPAN)].map(
    ({ 1: name = '', 2: count = '' }) => ` ${name.toLowerCase()}="${count}"`,
  )
  return spans.join('')
}

type Stretch = { readonly start: number; readonly end: number }

/** Code (from a run of backticks to the next one of the same length) and formulas, in one pass. */
function verbatimStretches(text: string): Stretch[] {
  const starts = [...text.matchAll(VERBATIM_START)]
  // The last run of each length: before it there is another one to end with.
  const lastRun = new Map(starts.map(({ 0: run, index }) => [run, index]))
  const stretches: Stretch[] = []
  let openRun: { readonly run: string; readonly start: number } | null = null
  let end = 0
  for (const { 0: run, index } of starts) {
    const isCode = run.startsWith('`')
    if (openRun !== null) {
      if (run !== openRun.run) continue
      end = index + run.length
      stretches.push({ start: openRun.start, end })
      openRun = null
    } else if (isCode) {
      if ((lastRun.get(run) ?? index) > index) openRun = { run, start: index }
    } else {
      end = index + run.length
      stretches.push({ start: index, end })
    }
  }
  return stretches
}
