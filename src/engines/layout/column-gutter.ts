import type { Placed, Rectangle } from './text-line.ts'

/** A part of a region: two columns side by side, or something that spans them. */
export type GutterPart<T extends Placed> =
  | { readonly kind: 'columns'; readonly left: readonly T[]; readonly right: readonly T[] }
  | { readonly kind: 'spanning'; readonly items: readonly T[] }

/** A gutter, as what it makes of its region, from top to bottom. */
export type Gutter<T extends Placed> = { readonly parts: readonly GutterPart<T>[] }

/** A line with its measures taken once; `left` and `right` are narrowed. */
type Measured<T> = {
  readonly item: T
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly height: number
  readonly centre: number
}

type Sides<T> = { left: Measured<T>[]; right: Measured<T>[]; crossers: Measured<T>[] }

type Band<T> = { left: Measured<T>[]; right: Measured<T>[] }

type Candidate<T> = { score: number; bands: Band<T>[]; crossers: Measured<T>[] }

// All found by measuring on 37 pages; the result is flat around each.
const TOLERANCE_HEIGHTS = 0.5
const NARROWING_HEIGHTS = 0.25
const NARROWING_MAX_WIDTHS = 0.2
// More than half, because boxes of closely set lines overlap by a third of their height.
const ROW_OVERLAP_HEIGHTS = 0.6
const MAX_ISLAND_SHARE = 0.12
const MIN_BAND_OVERLAP_HEIGHTS = 1.5
const MIN_SUPPORT_HEIGHTS = 3
const CROSSER_COST = 0.3
const ISLAND_COST = 2
const MAX_GAP_HEIGHTS = 3
const TABLE_PARTNER_SHARE = 0.7
const TABLE_PARTNER_HEIGHTS = 0.35
const TABLE_MEAN_WIDTH_HEIGHTS = 5
// Edges closer than this are one place to try.
const EDGE_STEP_HEIGHTS = 0.25

/** Finds the best gutter between two columns of a region; `null` when there is none. */
export function findGutter<T extends Placed>(
  items: readonly T[],
  lineHeight: number,
): Gutter<T> | null {
  const measured = items.map(measure)
  let best: Candidate<T> | null = null
  for (const x of edges(measured, EDGE_STEP_HEIGHTS * lineHeight)) {
    const candidate = tryGutter(measured, x, lineHeight)
    if (candidate !== null && (best === null || candidate.score > best.score)) best = candidate
  }
  return best === null ? null : { parts: partsOf(best, lineHeight) }
}

function measure<T extends Placed>(item: T): Measured<T> {
  const { left, top, right, bottom }: Rectangle = item.box
  const height = bottom - top
  const narrowing = Math.min(NARROWING_HEIGHTS * height, NARROWING_MAX_WIDTHS * (right - left))
  return {
    item,
    left: left + narrowing,
    right: right - narrowing,
    top,
    bottom,
    height,
    centre: (top + bottom) / 2,
  }
}

function edges(lines: readonly Measured<unknown>[], stepPx: number): readonly number[] {
  const sorted = lines.flatMap(({ left, right }) => [left, right]).sort((a, b) => a - b)
  const kept: number[] = []
  for (const edge of sorted) if (edge - (kept.at(-1) ?? -Infinity) > stepPx) kept.push(edge)
  return kept
}

function tryGutter<T>(
  lines: readonly Measured<T>[],
  x: number,
  lineHeight: number,
): Candidate<T> | null {
  const sides = splitAt(lines, x, TOLERANCE_HEIGHTS * lineHeight)
  if (sides.left.length < 2 || sides.right.length < 2) return null
  const islands = joinIslands(sides, x, MAX_ISLAND_SHARE * lines.length)
  if (islands === null) return null
  const bands = bandsOf(sides)
  const supporting = bands.filter((band) => supports(band, lineHeight))
  const support = sum(supporting.map(({ left, right }) => Math.min(heights(left), heights(right))))
  if (support < MIN_SUPPORT_HEIGHTS * lineHeight) return null
  const gapPx = Math.min(...supporting.map(gapOf))
  const score =
    support -
    CROSSER_COST * heights(sides.crossers) -
    ISLAND_COST * heights(islands) +
    Math.min(gapPx, MAX_GAP_HEIGHTS * lineHeight)
  return { score, bands, crossers: sides.crossers }
}

function splitAt<T>(lines: readonly Measured<T>[], x: number, tolerancePx: number): Sides<T> {
  const sides: Sides<T> = { left: [], right: [], crossers: [] }
  const inGutter: Measured<T>[] = []
  for (const line of lines) {
    const isLeft = line.right <= x + tolerancePx
    const isRight = line.left >= x - tolerancePx
    if (isLeft && isRight) inGutter.push(line)
    else if (isLeft) sides.left.push(line)
    else if (isRight) sides.right.push(line)
    else sides.crossers.push(line)
  }
  // Something narrow in the gutter is part of a column only beside a line of it: a page number
  // below both columns is not.
  const others = [...sides.left, ...sides.right]
  for (const line of inGutter) {
    if (others.some((other) => sharesRow(line, other))) sideOf(line, sides, x).push(line)
    else sides.crossers.push(line)
  }
  return sides
}

function sideOf<T>(line: Measured<T>, sides: Sides<T>, x: number): Measured<T>[] {
  return line.left + line.right < 2 * x ? sides.left : sides.right
}

/**
 * Moves crossers that share a row with a line of a side (captions within the text) to the side of
 * their centre, and gives them; `null` when there are more than `maxIslands`.
 */
function joinIslands<T>(sides: Sides<T>, x: number, maxIslands: number): Measured<T>[] | null {
  const others = [...sides.left, ...sides.right]
  const islands: Measured<T>[] = []
  const crossers: Measured<T>[] = []
  for (const crosser of sides.crossers) {
    const isIsland = others.some((line) => sharesRow(crosser, line))
    if (isIsland) islands.push(crosser)
    else crossers.push(crosser)
    if (islands.length > maxIslands) return null
  }
  for (const island of islands) sideOf(island, sides, x).push(island)
  sides.crossers = crossers.sort((a, b) => a.centre - b.centre)
  return islands
}

function sharesRow(a: Measured<unknown>, b: Measured<unknown>): boolean {
  const overlapPx = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return overlapPx > ROW_OVERLAP_HEIGHTS * Math.min(a.height, b.height)
}

/** One band above, between and below the crossers each. */
function bandsOf<T>({ left, right, crossers }: Sides<T>): Band<T>[] {
  const bands = Array.from({ length: crossers.length + 1 }, (): Band<T> => ({
    left: [],
    right: [],
  }))
  const bandAt = (line: Measured<T>): Band<T> | undefined => {
    const below = crossers.findIndex((crosser) => crosser.centre > line.centre)
    return bands[below < 0 ? crossers.length : below]
  }
  for (const line of left) bandAt(line)?.left.push(line)
  for (const line of right) bandAt(line)?.right.push(line)
  return bands
}

function supports<T>({ left, right }: Band<T>, lineHeight: number): boolean {
  if (left.length < 2 || right.length < 2) return false
  const overlapPx = Math.min(lowest(left), lowest(right)) - Math.max(highest(left), highest(right))
  return overlapPx >= MIN_BAND_OVERLAP_HEIGHTS * lineHeight && !isTable(left, right)
}

/** Tells columns of text from cells: cells have partners on their row, and one side is narrow. */
function isTable(left: readonly Measured<unknown>[], right: readonly Measured<unknown>[]): boolean {
  const [few, many] = left.length <= right.length ? [left, right] : [right, left]
  const centres = many.map(({ centre }) => centre).sort((a, b) => a - b)
  const paired = few.filter(({ centre, height }) => {
    const tolerancePx = TABLE_PARTNER_HEIGHTS * height
    return (firstFrom(centres, centre - tolerancePx) ?? Infinity) <= centre + tolerancePx
  })
  if (paired.length < TABLE_PARTNER_SHARE * few.length) return false
  return [left, right].some(
    (side) =>
      sum(side.map((line) => line.right - line.left)) < TABLE_MEAN_WIDTH_HEIGHTS * heights(side),
  )
}

/** The first of sorted values that is not below `lowestValue`. */
function firstFrom(sorted: readonly number[], lowestValue: number): number | undefined {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] ?? 0) < lowestValue) from = middle + 1
    else to = middle
  }
  return sorted[from]
}

function gapOf<T>({ left, right }: Band<T>): number {
  return Math.min(...right.map((line) => line.left)) - Math.max(...left.map((line) => line.right))
}

function partsOf<T extends Placed>(
  { bands, crossers }: Candidate<T>,
  lineHeight: number,
): GutterPart<T>[] {
  return bands.flatMap((band, position): GutterPart<T>[] => {
    const left = band.left.map(({ item }) => item)
    const right = band.right.map(({ item }) => item)
    const crosser = crossers[position]
    const below: GutterPart<T>[] =
      crosser === undefined ? [] : [{ kind: 'spanning', items: [crosser.item] }]
    return supports(band, lineHeight)
      ? [{ kind: 'columns', left, right }, ...below]
      : [{ kind: 'spanning', items: [...left, ...right] }, ...below]
  })
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const heights = (lines: readonly Measured<unknown>[]): number =>
  sum(lines.map(({ height }) => height))

const highest = (lines: readonly Measured<unknown>[]): number =>
  Math.min(...lines.map(({ top }) => top))

const lowest = (lines: readonly Measured<unknown>[]): number =>
  Math.max(...lines.map(({ bottom }) => bottom))
