import type { BlockCategory } from '../../contract/page.ts'
import { isDelimiterRow, pipeTableToHtml } from './pipe-table.ts'

/** A part of a Markdown page; `text` as a block keeps it. */
export type MarkdownPart = { readonly category: BlockCategory; readonly text: string }

/** A part, and the line after it. */
type Found = { readonly part: MarkdownPart; readonly end: number }
type Reader = (lines: readonly string[], start: number) => Found | null

const BULLET = /^ {0,3}[-*+•·]\s+\S/
const NUMBER = /^ {0,3}\d{1,9}[.)]\s+\S/
const FENCE = /^ {0,3}(`{3,}|~{3,})/
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/

/**
 * Splits Markdown at its top level: headings, list items (with what is nested in them), tables,
 * formulas on lines of their own, footnotes, and paragraphs, code and quotations as text.
 *
 * Text stays as it is written, except that formulas lose their delimiters and pipe tables become
 * HTML, which is how blocks keep them. Nothing else is lost. The work grows linearly with the text.
 */
export function splitMarkdown(markdown: string): MarkdownPart[] {
  const lines = markdown.split('\n')
  const readers: readonly Reader[] = [
    fence,
    heading,
    rule,
    tableReader(),
    pipeTable,
    formula,
    listItem,
    footnote,
  ]
  const parts: MarkdownPart[] = []
  let position = 0
  while (position < lines.length) {
    if (isBlank(lines[position])) {
      position++
      continue
    }
    const found = firstFound(readers, lines, position) ?? paragraph(lines, position)
    parts.push(found.part)
    position = found.end
  }
  return parts
}

function firstFound(readers: readonly Reader[], lines: readonly string[], start: number) {
  for (const read of readers) {
    const found = read(lines, start)
    if (found !== null) return found
  }
  return null
}

function heading(lines: readonly string[], start: number): Found | null {
  const match = /^ {0,3}(#{1,6})\s+\S/.exec(lines[start] ?? '')
  if (match === null) return null
  return found(lines, {
    start,
    end: start + 1,
    category: match[1] === '#' ? 'title' : 'section-header',
  })
}

function rule(lines: readonly string[], start: number): Found | null {
  if (!RULE.test(lines[start] ?? '')) return null
  return found(lines, { start, end: start + 1, category: 'text' })
}

function fence(lines: readonly string[], start: number): Found | null {
  const mark = FENCE.exec(lines[start] ?? '')?.[1]
  if (mark === undefined) return null
  const closes = (line: string): boolean => {
    const text = line.trim()
    return text.startsWith(mark) && text.replaceAll(mark.charAt(0), '') === ''
  }
  let end = start + 1
  while (end < lines.length && !closes(lines[end] ?? '')) end++
  return found(lines, { start, end: Math.min(end + 1, lines.length), category: 'text' })
}

/** One that was not closed ends the search: else many of them would be searched for again and again. */
function tableReader(): Reader {
  let isUnclosed = false
  return (lines, start) => {
    if (isUnclosed || !/^\s*<table[\s>]/i.test(lines[start] ?? '')) return null
    let depth = 0
    for (let end = start; end < lines.length; end++) {
      for (const [tag] of (lines[end] ?? '').matchAll(/<\/?table[\s>]/gi)) {
        depth += tag.startsWith('</') ? -1 : 1
      }
      if (depth <= 0) return found(lines, { start, end: end + 1, category: 'table' })
    }
    isUnclosed = true
    return null
  }
}

function pipeTable(lines: readonly string[], start: number): Found | null {
  if (!(lines[start] ?? '').includes('|') || !isDelimiterRow(lines[start + 1] ?? '')) return null
  let end = start + 2
  while (lines[end]?.includes('|')) end++
  const text = pipeTableToHtml(lines.slice(start, end))
  return { part: { category: 'table', text }, end }
}

/** `$$ … $$` or `\[ … \]`, on one line or several without an empty one, and nothing behind it. */
function formula(lines: readonly string[], start: number): Found | null {
  const first = lines[start] ?? ''
  const open = /^\s*(?:\$\$|\\\[)/.exec(first)?.[0]
  if (open === undefined) return null
  const close = open.endsWith('$$') ? '$$' : String.raw`\]`
  const inner: string[] = []
  for (let end = start; end < lines.length && !isBlank(lines[end]); end++) {
    const line = end === start ? first.slice(open.length) : (lines[end] ?? '')
    const closing = line.indexOf(close)
    inner.push(closing === -1 ? line : line.slice(0, closing))
    if (closing === -1) continue
    const isAlone = isBlank(line.slice(closing + close.length))
    const text = inner.join('\n').trim()
    // An empty formula is none.
    if (!isAlone || text === '') return found(lines, { start, end: end + 1, category: 'text' })
    return { part: { category: 'formula', text }, end: end + 1 }
  }
  // Never closed: all of the paragraph is text, so that it is looked through once.
  return found(lines, { start, end: start + inner.length, category: 'text' })
}

function listItem(lines: readonly string[], start: number): Found | null {
  const line = lines[start] ?? ''
  if (!BULLET.test(line) && !NUMBER.test(line)) return null
  return found(lines, { start, end: endOfItem(lines, start), category: 'list-item' })
}

function footnote(lines: readonly string[], start: number): Found | null {
  if (!/^ {0,3}\[\^[^\]\s]{1,40}\]:/.test(lines[start] ?? '')) return null
  return found(lines, { start, end: endOfItem(lines, start), category: 'footnote' })
}

/** Lines of an item: indented ones, also after one empty line, and those of its first paragraph. */
function endOfItem(lines: readonly string[], start: number): number {
  const indentation = indentationOf(lines[start]) + 2
  const isNested = (line: string | undefined): boolean =>
    !isBlank(line) && indentationOf(line) >= indentation
  let end = start + 1
  for (; end < lines.length; end++) {
    const line = lines[end]
    if (isBlank(line) ? isNested(lines[end + 1]) : isNested(line)) continue
    const isLazy = !isBlank(line) && !isBlank(lines[end - 1])
    if (!isLazy || startsPart(lines, end) || NUMBER.test(line ?? '')) break
  }
  return end
}

function indentationOf(line = ''): number {
  return /^\s*/.exec(line.replaceAll('\t', '    '))?.[0].length ?? 0
}

function paragraph(lines: readonly string[], start: number): Found {
  let end = start + 1
  while (end < lines.length && !isBlank(lines[end]) && !startsPart(lines, end)) end++
  return found(lines, { start, end, category: 'text' })
}

/** What ends a paragraph without an empty line. A number does only as 1, as in CommonMark. */
function startsPart(lines: readonly string[], position: number): boolean {
  const line = lines[position] ?? ''
  return (
    /^ {0,3}(?:#{1,6}\s+\S|`{3}|~{3}|\[\^[^\]\s]{1,40}\]:)/.test(line) ||
    /^\s*(?:<table[\s>]|\$\$|\\\[)/i.test(line) ||
    BULLET.test(line) ||
    RULE.test(line) ||
    /^ {0,3}1[.)]\s+\S/.test(line) ||
    (line.includes('|') && isDelimiterRow(lines[position + 1] ?? ''))
  )
}

function found(
  lines: readonly string[],
  { start, end, category }: { start: number; end: number; category: BlockCategory },
): Found {
  // Spaces at the very start may be the indentation of code, so lines are cut at their end only.
  return { part: { category, text: lines.slice(start, end).join('\n').trimEnd() }, end }
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === ''
}
