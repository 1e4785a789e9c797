/** Tables of thousands of columns stop a browser; no printed table has more. */
const MAX_SPAN = 100

/** Most cells that the spanning cells of all tables of a page may cover together. */
const MAX_SPANNED_CELLS = 10_000

/** How many cells the spans of a page have covered so far. One for all texts of a page. */
export type SpanCost = { spannedCells: number }

/** Columns or rows that a cell spans, by its attribute, which is read as browsers read it. */
export function spanOf(attribute: string | null): number {
  const span = Number.parseInt(attribute ?? '', 10)
  return span >= 1 ? Math.min(span, MAX_SPAN) : 1
}

/** Whether a page can have one more cell with these spans; counts it if so. */
export function takesSpans(cost: SpanCost, columns: number, rows: number): boolean {
  if (cost.spannedCells + columns * rows > MAX_SPANNED_CELLS) return false
  cost.spannedCells += columns * rows
  return true
}

/** Bounds what the cells of sanitized tables span; beyond the bound of the page, none spans any more. */
export function boundSpans(fragment: DocumentFragment, cost: SpanCost): void {
  for (const cell of fragment.querySelectorAll('[colspan], [rowspan]')) {
    const columns = spanOf(cell.getAttribute('colspan'))
    const rows = spanOf(cell.getAttribute('rowspan'))
    const isTaken = takesSpans(cost, columns, rows)
    for (const [name, span] of [
      ['colspan', columns],
      ['rowspan', rows],
    ] as const)
      if (isTaken && span > 1) cell.setAttribute(name, String(span))
      else cell.removeAttribute(name)
  }
}
