import { findGutter, type Gutter } from './column-gutter.ts'
import { median, type Placed } from './text-line.ts'

/** Lines of one text row, from left to right. */
export type Row<T extends Placed> = readonly T[]

/** Rows of one column or region, from top to bottom. */
export type Run<T extends Placed> = readonly Row<T>[]

// In line heights: a white band of this height separates what is above from what is below.
const CUT_HEIGHTS = 2
// Less than half, because boxes of closely set lines overlap by a third of their height.
const SAME_ROW_HEIGHTS = 0.4

/**
 * Brings the lines of a page into reading order: recursive cutting.
 *
 * A region is cut at its highest white band, else at its best gutter between columns, else it is
 * read by rows. Each run that comes out is one region of rows; text flows within a run and breaks
 * between runs. Detection inflates boxes, so they are compared a little narrowed.
 */
export function readingOrder<T extends Placed>(items: readonly T[]): readonly Run<T>[] {
  if (items.length === 0) return []
  if (items.length === 1) return [[items]]
  const lineHeight = median(items.map(heightOf))
  const parts = cutHorizontally(items, CUT_HEIGHTS * lineHeight)
  if (parts !== null) return parts.flatMap((part) => readingOrder(part))
  const gutter = findGutter(items, lineHeight)
  return gutter === null ? [rowsOf(items)] : orderColumns(items, gutter)
}

/** Splits lines into rows by their centres; rows from top to bottom, each from left to right. */
export function rowsOf<T extends Placed>(items: readonly T[]): Run<T> {
  const rows: T[][] = []
  for (const item of items.toSorted((a, b) => centreOf(a) - centreOf(b))) {
    const row = rows.at(-1)
    const before = row?.at(-1)
    const isSameRow =
      before !== undefined &&
      centreOf(item) - centreOf(before) <
        SAME_ROW_HEIGHTS * Math.min(heightOf(item), heightOf(before))
    if (row !== undefined && isSameRow) row.push(item)
    else rows.push([item])
  }
  return rows.map((row) => row.toSorted((a, b) => a.box.left - b.box.left))
}

function cutHorizontally<T extends Placed>(
  items: readonly T[],
  minimumBandPx: number,
): readonly [readonly T[], readonly T[]] | null {
  const sorted = items.toSorted((a, b) => a.box.top - b.box.top)
  let lowest = Number.NEGATIVE_INFINITY
  let bestBand = minimumBandPx
  let cut = 0
  for (const [position, { box }] of sorted.entries()) {
    if (position > 0 && box.top - lowest > bestBand) {
      bestBand = box.top - lowest
      cut = position
    }
    lowest = Math.max(lowest, box.bottom)
  }
  return cut === 0 ? null : [sorted.slice(0, cut), sorted.slice(cut)]
}

function orderColumns<T extends Placed>(items: readonly T[], gutter: Gutter<T>): readonly Run<T>[] {
  const runs: Run<T>[] = []
  let group: T[] = []
  const flush = () => {
    // A group that is all of its region would recurse for ever.
    runs.push(...(group.length === items.length ? [rowsOf(group)] : readingOrder(group)))
    group = []
  }
  for (const part of gutter.parts) {
    if (part.kind === 'columns') {
      flush()
      runs.push(...readingOrder(part.left), ...readingOrder(part.right))
    } else group.push(...part.items)
  }
  flush()
  return runs
}

const heightOf = ({ box }: Placed): number => box.bottom - box.top

const centreOf = ({ box }: Placed): number => (box.top + box.bottom) / 2
