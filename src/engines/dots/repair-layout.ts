import { distinctCells, isPicture, toNumbers, type Layout, type LayoutCell } from './layout-cell.ts'
import { LayoutScanner } from './layout-scanner.ts'

type RawCell = LayoutCell & { readonly isCut: boolean }

// Of a cell that broke off: what goes on beyond that is a loop more often than text.
const MAX_CUT_TEXT_LENGTH = 10_000
// The same text so often in an answer that is broken anyway is a loop.
const MIN_LOOP_TEXTS = 5

/**
 * Reads what can be told for certain from a broken layout: commas, brackets and quotes may be missing,
 * quotes and backslashes may not be escaped, anything may stand around it, and it may break off.
 *
 * @returns `null` when there is not one cell in it
 */
export function repairLayout(answer: string): Layout | null {
  const scanner = new LayoutScanner(answer)
  const raw = scanCells(scanner)
  if (raw.cells.length === 0) return null
  const distinct = distinctCells(raw.cells)
  const cells = withoutLoops(distinct)
  return {
    cells: cells.map(({ bbox, category, text }) => ({ bbox, category, text })),
    isRepaired: true,
    isIncomplete: raw.isCut || cells.length < distinct.length,
  }
}

function scanCells(scanner: LayoutScanner): { cells: RawCell[]; isCut: boolean } {
  const isArray = scanner.next === '['
  const cells: RawCell[] = []
  let afterLastCell = ''
  while (scanner.next !== '') {
    // A key outside of a cell belongs to one whose brace is missing.
    if (scanner.next !== '{' && scanner.nextKey === null) {
      if (scanner.next === ']') afterLastCell = ']'
      scanner.step()
      continue
    }
    const cell = scanCell(scanner)
    if (cell === null) continue
    cells.push(cell)
    afterLastCell = ''
  }
  const isUnclosed = isArray && afterLastCell !== ']'
  return { cells, isCut: isUnclosed || cells.some(({ isCut }) => isCut) }
}

/** The cell that starts at the scanner's place; `null` when it is something around cells. */
function scanCell(scanner: LayoutScanner): RawCell | null {
  const fields = new Map<string, unknown>()
  let isCut = false
  if (scanner.next === '{') scanner.step()
  for (;;) {
    scanner.skipSpace()
    const { next, nextKey: key } = scanner
    // A closing brace, or where it is missing: the next cell, the end of the array or of all.
    if ('{}]'.includes(next) || (key === 'bbox' && fields.has(key))) break
    if (key === null) {
      if (scanner.readBareWord().value === '') scanner.step()
      continue
    }
    scanner.skipKey(key)
    const scanned = scanValue(scanner, key)
    isCut ||= scanned.isCut
    if (!fields.has(key)) fields.set(key, scanned.value)
  }
  const isUnclosed = scanner.next === ''
  if (scanner.next === '}') scanner.step()
  return toCell(fields, { isCut, isUnclosed })
}

function scanValue(
  scanner: LayoutScanner,
  key: string,
): { readonly value: unknown; readonly isCut: boolean } {
  if (scanner.next === '"') {
    const { value, isCut } = scanner.readString()
    return { value: isCut && key !== 'text' ? null : value, isCut }
  }
  if (scanner.next === '[') {
    const { value, isCut } = scanner.readNumbers()
    // The last number may have lost digits.
    return { value: isCut ? null : value, isCut }
  }
  const { value, isCut } = scanner.readBareWord()
  const isNumber = /^-?\d/.test(value)
  return { value: isNumber && !isCut ? value : null, isCut }
}

function toCell(
  fields: ReadonlyMap<string, unknown>,
  end: { readonly isCut: boolean; readonly isUnclosed: boolean },
): RawCell | null {
  if (!fields.has('bbox') && !fields.has('category') && !fields.has('text')) return null
  const [category, text] = [fields.get('category'), fields.get('text')]
  const cell = {
    bbox: toNumbers(fields.get('bbox')),
    category: typeof category === 'string' ? category : null,
    text: typeof text === 'string' ? text : null,
  }
  if (end.isCut)
    return { ...cell, text: cell.text?.slice(0, MAX_CUT_TEXT_LENGTH) ?? null, isCut: true }
  return { ...cell, isCut: end.isUnclosed && cell.text === null && !isPicture(cell) }
}

/** Drops the repetitions of a text that stands in five cells or more, and those of a box. */
function withoutLoops<Cell extends LayoutCell>(cells: readonly Cell[]): Cell[] {
  const times = new Map<string, number>()
  for (const cell of cells) times.set(textKey(cell), (times.get(textKey(cell)) ?? 0) + 1)
  const seen = new Set<string>()
  return cells.filter((cell) => {
    const isLoop = cell.text !== null && (times.get(textKey(cell)) ?? 0) >= MIN_LOOP_TEXTS
    const isBox = cell.bbox?.length === 4
    const keys = [...(isLoop ? [textKey(cell)] : []), ...(isBox ? [JSON.stringify(cell.bbox)] : [])]
    const isRepetition = keys.some((key) => seen.has(key))
    for (const key of keys) seen.add(key)
    return !isRepetition
  })
}

function textKey({ category, text }: LayoutCell): string {
  return JSON.stringify([category, text])
}
