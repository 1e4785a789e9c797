import type { PageNumber } from '../contract/identifiers.ts'
import { picturePath } from '../contract/page-json.ts'
import type { Block, BlockCategory, Markup } from '../contract/page.ts'
import { inertFormula, inertMarkdown, inertTable } from './inert-markup.ts'

/** Of a page's blocks only these are no part of what one reads; the JSON result has them. */
const MARGINAL: readonly BlockCategory[] = ['page-header', 'page-footer']

/**
 * Text of a page: its blocks in order, an empty line between two. Pictures have none. What an engine
 * wrote as Markdown stays as it is.
 */
export function blocksToText(blocks: readonly Block[]): string {
  return joinBlocks(
    withoutMargins(blocks).map((block) =>
      block.category === 'table' ? tableText(block.text) : block.text,
    ),
  )
}

/** Page whose Markdown is written, and how its blocks are. */
export type MarkdownPage = {
  readonly markup: Markup
  readonly page: PageNumber
  /** Crops that there are; further pictures have no link. */
  readonly pictures: number
}

/**
 * Markdown of a page: titles as headings, list items as items, tables as HTML, formulas between `$$`,
 * pictures as links to their crops.
 *
 * Characters of plain text that would be markup are escaped, so that what is printed is what is
 * shown. Markdown that an engine wrote is kept, less what could run or phone home when it is shown.
 */
export function blocksToMarkdown(blocks: readonly Block[], page: MarkdownPage): string {
  let pictures = 0
  return joinBlocks(
    withoutMargins(blocks).map((block) => {
      if (block.category === 'picture')
        return ++pictures > page.pictures ? '' : `![](${picturePath(page.page, pictures)})`
      if (block.category === 'formula') return `$$\n${inertFormula(block.text)}\n$$`
      if (block.category === 'table') return inertTable(block.text)
      return page.markup === 'plain' ? plainBlock(block) : markdownBlock(block)
    }),
  )
}

function withoutMargins(blocks: readonly Block[]): Block[] {
  return blocks.filter(({ category }) => !MARGINAL.includes(category))
}

function joinBlocks(texts: readonly string[]): string {
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('\n\n')
}

function plainBlock(block: Block): string {
  if (block.category === 'title') return `# ${oneLine(block.text)}`
  if (block.category === 'section-header') return `## ${oneLine(block.text)}`
  if (block.category !== 'list-item') return escapeMarkdown(block.text)
  return `- ${escapeMarkdown(block.text.replace(/^[-•·*]\s*/, '')).replaceAll('\n', '\n  ')}`
}

function markdownBlock(block: Block): string {
  const text = inertMarkdown(block.text.trim())
  if (text === '' || text.startsWith('#')) return text
  if (block.category === 'title') return `# ${text}`
  return block.category === 'section-header' ? `## ${text}` : text
}

function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return escapeMarkdown(lines.filter((line) => line !== '').join(' '))
}

/** Escapes what CommonMark would read as markup: inline marks, tags, and marks at a line's start. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*<[\]]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
    .replaceAll(/^([ \t]*)([#>+~-])/gm, String.raw`$1\$2`)
    .replaceAll(/^([ \t]*\d{1,9})([.)])(?=\s)/gm, String.raw`$1\$2`)
}

/** Cells of an HTML table, separated by tabs, a row a line. */
function tableText(html: string): string {
  return html
    .replaceAll(/<\/t[dh]>\s{0,20}<t[dh][^<>]*>/gi, '\t')
    .replaceAll(/<\/tr>/gi, '\n')
    .replaceAll(/<br\s?\/?>/gi, ' ')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
