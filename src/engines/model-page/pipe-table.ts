/** Tells whether a line is the one below the head of a pipe table: `| --- | :-: |`. */
export function isDelimiterRow(line: string): boolean {
  return line.includes('|') && cellsOf(line).every((cell) => /^:?-+:?$/.test(cell))
}

/**
 * Writes a pipe table (its head, the delimiter row, its body) as the HTML that tables are kept in.
 * Markup within cells stays as it is written.
 */
export function pipeTableToHtml(lines: readonly string[]): string {
  const [head = '', , ...body] = lines
  const rows = [rowHtml(head, 'th'), ...body.map((line) => rowHtml(line, 'td'))]
  return `<table>\n${rows.join('\n')}\n</table>`
}

function rowHtml(line: string, tag: 'th' | 'td'): string {
  return `<tr>${cellsOf(line)
    .map((cell) => `<${tag}>${cell}</${tag}>`)
    .join('')}</tr>`
}

function cellsOf(line: string): string[] {
  const row = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll(String.raw`\|`, '|'))
}
