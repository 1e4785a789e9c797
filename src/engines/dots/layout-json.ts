import { z } from 'zod'
import { distinctCells, toNumbers, type Layout, type LayoutCell } from './layout-cell.ts'
import { repairLayout } from './repair-layout.ts'
import { restoreFormulaCommands, restoreLatexCommands } from './unescaped-latex.ts'

const CELLS = z.array(
  z.object({
    bbox: z.unknown().transform(toNumbers),
    category: z.string(),
    text: z
      .string()
      .nullish()
      .transform((text) => text ?? null),
  }),
)

/**
 * Reads the layout that a model answered: a JSON array of `{"bbox", "category", "text"}`, or what can
 * be told for certain from something that was meant to be one. Text is never completed or made up: it
 * is what stands in the answer, at most cut short, with the backslashes that JSON took for its own.
 *
 * @returns `null` when there is no layout in it; no cells when it says that there is nothing
 */
export function parseLayout(answer: string): Layout | null {
  const json = withoutFence(answer)
  const parsed = json === '' ? [] : parseJson(json)
  if (isEmptyLayout(parsed)) return { cells: [], isRepaired: false, isIncomplete: false }
  const cells = CELLS.safeParse(parsed)
  // Of two cells that lost the braces between them JSON would keep the second one only.
  if (!cells.success || countBoxes(json) > cells.data.length) {
    const repaired = repairLayout(json)
    return repaired && { ...repaired, cells: repaired.cells.map(withLatexCommands) }
  }
  const distinct = distinctCells(cells.data)
  return {
    cells: distinct.map(withLatexCommands),
    isRepaired: distinct.length < cells.data.length,
    isIncomplete: false,
  }
}

/** The inside of a code fence around an answer; an answer without one as it is. */
function withoutFence(answer: string): string {
  const text = answer.trim()
  const firstLineEnd = text.indexOf('\n')
  if (!text.startsWith('```') || firstLineEnd === -1) return text
  return text.slice(firstLineEnd + 1, text.endsWith('```') ? -3 : undefined).trim()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function withLatexCommands(cell: LayoutCell): LayoutCell {
  if (cell.text === null) return cell
  const isFormula = cell.category?.trim().toLowerCase() === 'formula'
  const restore = isFormula ? restoreFormulaCommands : restoreLatexCommands
  return { ...cell, text: restore(cell.text) }
}

function countBoxes(json: string): number {
  return json.match(/"bbox"\s*:/g)?.length ?? 0
}

function isEmptyLayout(parsed: unknown): boolean {
  return typeof parsed === 'object' && parsed !== null && Object.keys(parsed).length === 0
}
