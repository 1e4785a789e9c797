import 'katex/dist/katex-swap.min.css'

import { drawFormulas, type FormulaCost } from './draw-formulas.ts'
import { markdownToHtml } from './markdown-to-html.ts'
import { isTooMuchMarkup } from './markup-limits.ts'
import { type PictureResolver, sanitizeHtml } from './sanitize-html.ts'
import { boundSpans, type SpanCost } from './table-spans.ts'

/** What the texts of one page share. */
export type PageMarkup = {
  /** URL of a picture by its path in the Markdown; `null`: none of the document's. */
  readonly pictureUrl: PictureResolver
  /** Begins with nothing. */
  readonly cost: FormulaCost & SpanCost
}

/** Draws Markdown of a page, safe to be put into the document. Cut at `MAX_MARKDOWN_LENGTH`. */
export function renderMarkdown(markdown: string, page: PageMarkup): DocumentFragment {
  return renderHtml(markdownToHtml(markdown), { ...page, source: markdown })
}

/** Draws a table that is written in HTML; what holds none is taken for Markdown. */
export function renderTable(html: string, page: PageMarkup): DocumentFragment {
  if (!/<table[\s>]/i.test(html)) return renderMarkdown(html, page)
  return renderHtml(html, { ...page, source: html })
}

/** Draws a formula, LaTeX without delimiters, in a line of its own. */
export function renderFormula(latex: string, { cost }: Pick<PageMarkup, 'cost'>): DocumentFragment {
  const fragment = document.createDocumentFragment()
  const formula = document.createElement('div')
  formula.dataset['formula'] = 'display'
  formula.textContent = latex
  fragment.append(formula)
  drawFormulas(fragment, cost)
  return fragment
}

function renderHtml(
  html: string,
  { pictureUrl, cost, source }: PageMarkup & { readonly source: string },
): DocumentFragment {
  if (isTooMuchMarkup(html)) return plainText(source)
  const fragment = sanitizeHtml(html, pictureUrl)
  boundSpans(fragment, cost)
  drawFormulas(fragment, cost)
  return fragment
}

function plainText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  const paragraph = document.createElement('p')
  paragraph.className = 'plain'
  paragraph.textContent = text
  fragment.append(paragraph)
  return fragment
}
