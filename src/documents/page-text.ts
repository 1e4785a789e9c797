import type { Block } from '../contract/page.ts'

/** Plain text of a page: its blocks in order, an empty line between two. Pictures have none. */
export function blocksToText(blocks: readonly Block[]): string {
  return joinBlocks(
    blocks.map((block) => (block.category === 'table' ? tableText(block.text) : block.text)),
  )
}

/**
 * Markdown of a page: titles as headings, list items as items, tables as the HTML they are, formulas
 * between `$$`. Characters that would be markup are escaped, so that what is printed is what is shown.
 */
export function blocksToMarkdown(blocks: readonly Block[]): string {
  return joinBlocks(blocks.map(blockMarkdown))
}

function joinBlocks(texts: readonly string[]): string {
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('\n\n')
}

function blockMarkdown(block: Block): string {
  switch (block.category) {
    case 'title':
      return `# ${oneLine(block.text)}`
    case 'section-header':
      return `## ${oneLine(block.text)}`
    case 'list-item':
      return `- ${escapeMarkdown(block.text.replace(/^[-•·*]\s*/, '')).replaceAll('\n', '\n  ')}`
    case 'formula':
      return `$$\n${block.text}\n$$`
    case 'table':
      return block.text
    case 'picture':
    case 'text':
    case 'caption':
    case 'footnote':
    case 'page-header':
    case 'page-footer':
      return escapeMarkdown(block.text)
  }
}

function oneLine(text: string): string {
  return escapeMarkdown(text.replaceAll(/\s*\n\s*/g, ' '))
}

/** Escapes what CommonMark would read as markup: inline marks, tags, and marks at a line's start. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*<[\]]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
    .replaceAll(/^(\s*)([#>+~-])/gm, String.raw`$1\$2`)
    .replaceAll(/^(\s*\d{1,9})([.)])(?=\s)/gm, String.raw`$1\$2`)
}

/** Cells of an HTML table, separated by tabs, a row a line. */
function tableText(html: string): string {
  return html
    .replaceAll(/<\/t[dh]>\s*<t[dh][^>]*>/gi, '\t')
    .replaceAll(/<\/tr>/gi, '\n')
    .replaceAll(/<br\s*\/?>/gi, ' ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
