import type { Block, BlockCategory, BoundingBox } from '../../contract/page.ts'
import { joinText } from './join-text.ts'
import type { Row, Run } from './reading-order.ts'
import { median, rectangleAround, rectangleUnion, type Placed, type TextLine } from './text-line.ts'

/** A line with its box on the levelled page; its own corners stay those of the page image. */
export type PlacedLine = Placed & { readonly line: TextLine }

type RunShape = { left: number; right: number; lineHeight: number; pitch: number }

// In line heights, or ratios; 82-88 % of line pairs are judged right.
const BREAK_PITCH_RATIO = 1.5
const BREAK_INDENT_HEIGHTS = 1.2
const BREAK_SHORT_LINE_HEIGHTS = 6
const BREAK_HEIGHT_RATIO = 1.35
const HEADING_HEIGHT_RATIO = 1.35
const TITLE_HEIGHT_RATIO = 1.8
const HEADING_MAX_ROWS = 2
// Cells of a table stand further apart than words of a sentence that detection took apart.
const CELL_GAP_HEIGHTS = 2

const BULLET = /^[•·●▪◦■□‣–—-]\s*\S/u
const TWO_LETTERS = /\p{L}.*\p{L}/u

/**
 * Makes blocks of ordered lines: paragraphs, headings (large lines, at most two of them) and rows of
 * cells, which stay one text line per row with tabs between the cells.
 *
 * Headings are a hint and never structure to rely on: a third of them is found.
 */
export function blocksOf(runs: readonly Run<PlacedLine>[]): Block[] {
  const bodyHeight = bodyHeightOf(runs.flat(2))
  return runs.flatMap((run) => {
    const shape = shapeOf(run)
    return splitRun(run, shape).map((rows) => blockOf(rows, bodyHeight))
  })
}

/** Height of the text that most characters are set in. */
function bodyHeightOf(lines: readonly PlacedLine[]): number {
  const sorted = lines.toSorted((a, b) => heightOf(a) - heightOf(b))
  const half = sorted.reduce((total, { line }) => total + line.text.length, 0) / 2
  let seen = 0
  for (const placed of sorted) {
    seen += placed.line.text.length
    if (seen >= half) return heightOf(placed)
  }
  return 0
}

function shapeOf(run: Run<PlacedLine>): RunShape {
  const { left, right } = rectangleUnion(run.flat().map(({ box }) => box))
  const pitches = run.slice(1).map((row, before) => centreOf(row) - centreOf(run[before] ?? row))
  return { left, right, lineHeight: median(run.map(rowHeight)), pitch: median(pitches) }
}

function splitRun(run: Run<PlacedLine>, shape: RunShape): Row<PlacedLine>[][] {
  const blocks: Row<PlacedLine>[][] = []
  for (const row of run) {
    const block = blocks.at(-1)
    const before = block?.at(-1)
    const goesOn = before !== undefined && !breaksBetween(before, row, shape)
    if (block !== undefined && goesOn) block.push(row)
    else blocks.push([row])
  }
  return blocks
}

function breaksBetween(
  before: Row<PlacedLine>,
  row: Row<PlacedLine>,
  { right, lineHeight, pitch }: RunShape,
): boolean {
  if (hasCells(before) || hasCells(row)) {
    return !(hasCells(before) && hasCells(row)) || isTaller(before, row)
  }
  if (centreOf(row) - centreOf(before) > BREAK_PITCH_RATIO * pitch) return true
  if (isTaller(before, row) || BULLET.test(textOf(row))) return true
  if (right - rightOf(before) > BREAK_SHORT_LINE_HEIGHTS * lineHeight) return true
  const isHangingIndent = BULLET.test(textOf(before))
  const indent = leftOf(row) - leftOf(before)
  return indent > BREAK_INDENT_HEIGHTS * lineHeight && !isHangingIndent
}

function isTaller(before: Row<PlacedLine>, row: Row<PlacedLine>): boolean {
  const [small, large] = [rowHeight(before), rowHeight(row)].sort((a, b) => a - b)
  return (large ?? 0) > BREAK_HEIGHT_RATIO * (small ?? 0)
}

function blockOf(rows: readonly Row<PlacedLine>[], bodyHeight: number): Block {
  const lines = rows.flat()
  const texts = rows.map(textOf)
  const text = rows.some(hasCells) ? texts.join('\n') : texts.reduce(joinText, '')
  const height = median(rows.map(rowHeight))
  return {
    bbox: toBoundingBox(lines),
    category: categoryOf({ text, rowCount: rows.length, ratio: height / bodyHeight }),
    text,
    confidence: confidenceOf(lines),
  }
}

function categoryOf(block: { text: string; rowCount: number; ratio: number }): BlockCategory {
  const isHeading =
    block.rowCount <= HEADING_MAX_ROWS &&
    block.ratio >= HEADING_HEIGHT_RATIO &&
    TWO_LETTERS.test(block.text) &&
    !block.text.includes('\t')
  if (!isHeading) return 'text'
  return block.ratio >= TITLE_HEIGHT_RATIO ? 'title' : 'section-header'
}

function confidenceOf(lines: readonly PlacedLine[]): number {
  let weighted = 0
  let characters = 0
  for (const { line } of lines) {
    weighted += line.confidence * line.text.length
    characters += line.text.length
  }
  return Math.round(Math.min(1, Math.max(0, weighted / characters)) * 1000) / 1000
}

function toBoundingBox(lines: readonly PlacedLine[]): BoundingBox {
  const { left, top, right, bottom } = rectangleAround(lines.flatMap(({ line }) => line.quad))
  return [Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom)]
}

function textOf(row: Row<PlacedLine>): string {
  return row.reduce((text, { line, box }, position) => {
    const before = row[position - 1]
    if (before === undefined) return line.text.trim()
    const isCell = box.left - before.box.right > CELL_GAP_HEIGHTS * rowHeight(row)
    return isCell ? `${text}\t${line.text.trim()}` : joinText(text, line.text.trim())
  }, '')
}

const hasCells = (row: Row<PlacedLine>): boolean => textOf(row).includes('\t')

const heightOf = ({ box }: Placed): number => box.bottom - box.top

const rowHeight = (row: Row<PlacedLine>): number => median(row.map(heightOf))

const centreOf = (row: Row<PlacedLine>): number =>
  median(row.map(({ box }) => (box.top + box.bottom) / 2))

const leftOf = (row: Row<PlacedLine>): number => row[0]?.box.left ?? 0

const rightOf = (row: Row<PlacedLine>): number => Math.max(...row.map(({ box }) => box.right))
