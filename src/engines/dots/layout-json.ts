import { z } from 'zod'
import { distinctCells, type Layout } from './layout-cell.ts'
import { repairLayout } from './repair-layout.ts'

const CELLS = z.array(
  z.object({
    bbox: z.unknown(),
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
 * is what stands in the answer, at most cut short.
 *
 * @returns `null` when there is no layout in it; no cells when it says that there is nothing
 */
export function parseLayout(answer: string): Layout | null {
  const json = withoutFence(answer)
  const parsed = json === '' ? [] : parseJson(json)
  if (isEmptyLayout(parsed)) return { cells: [], isRepaired: false, isIncomplete: false }
  const cells = CELLS.safeParse(parsed)
  // Of two cells that lost the braces between them JSON would keep the second one only.
  if (!cells.success || countBoxes(json) > cells.data.length) return repairLayout(json)
  const distinct = distinctCells(cells.data)
  return { cells: distinct, isRepaired: distinct.length < cells.data.length, isIncomplete: false }
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

function countBoxes(json: string): number {
  return json.match(/"bbox"\s*:/g)?.length ?? 0
}

function isEmptyLayout(parsed: unknown): boolean {
  return typeof parsed === 'object' && parsed !== null && Object.keys(parsed).length === 0
}
