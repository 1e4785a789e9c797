/** A row of {@link detailsTable}. */
export type DetailsRow = readonly [name: string, value: string]

const NO_BREAK_SPACE = '\u00A0'

/**
 * A Markdown table of two columns for the details of a run.
 *
 * The Temporal UI leaves no room between columns and breaks the first one at every word: its spaces
 * are therefore such as do not break, with two more at the end.
 */
export function detailsTable(rows: readonly DetailsRow[], head: DetailsRow = ['', '']): string {
  const lines = [head, ['---', '---'] as const, ...rows]
  return lines.map(([name, value]) => `| ${wide(name)} | ${value} |`).join('\n')
}

function wide(name: string): string {
  if (name === '---') return name
  return name.replaceAll(' ', NO_BREAK_SPACE) + NO_BREAK_SPACE.repeat(2)
}
