/** Names that models give to a fence around a whole answer. */
const WRAPPING_NAMES = ['', 'markdown', 'md', 'text', 'txt', 'plaintext', 'json', 'html', 'latex']
const MARKDOWN_NAMES = ['markdown', 'md']
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w-]*)\s*$/

/**
 * Takes the code fence off a text that lies in one as a whole, with or without a line such as
 * "Here is the text:" before it, and an opening one that is never closed. Fences within a page, and
 * two of them one after the other, stay.
 */
export function stripCodeFence(text: string): string {
  const lines = text.split('\n')
  const start = openingLine(lines)
  if (start === -1) return text
  const name = fenceName(lines[start] ?? '')
  const isMarkdown = MARKDOWN_NAMES.includes(name)
  const isClosed = lines.length > start + 1 && /^\s*(?:`{3,}|~{3,})\s*$/.test(lines.at(-1) ?? '')
  const inner = lines.slice(start + 1, isClosed ? -1 : undefined)
  const fences = inner.filter((line) => FENCE.test(line)).length
  // A fence without a name may as well be the first of several code listings.
  const isWrapping = isMarkdown ? fences % 2 === 0 : isClosed && fences === 0
  return isWrapping ? inner.join('\n').trim() : text
}

function openingLine(lines: readonly string[]): number {
  const [first = '', second = '', third = ''] = lines
  if (FENCE.test(first)) return WRAPPING_NAMES.includes(fenceName(first)) ? 0 : -1
  // With a lead-in only where the fence says that it holds Markdown: a page may show code.
  if (!/^.{0,120}[:：]\s*$/.test(first)) return -1
  if (MARKDOWN_NAMES.includes(fenceName(second))) return 1
  return second.trim() === '' && MARKDOWN_NAMES.includes(fenceName(third)) ? 2 : -1
}

function fenceName(line: string): string {
  const match = FENCE.exec(line)
  return match === null ? '-' : (match[2] ?? '').toLowerCase()
}
