import type { PageNumber } from './identifiers.ts'

/** Inclusive range of pages, `[first, last]`, counted from 1. */
export type PageRange = readonly [PageNumber, PageNumber]

/** The largest page number that a request may name. */
export const MAX_PAGE_NUMBER = 100_000

/**
 * Reads a page selection such as `1-3,7`: sorted, merged, without duplicates.
 *
 * Returns `null` when the text is no selection: empty, a zero, a descending range, more than 200
 * parts, or a number above {@link MAX_PAGE_NUMBER}.
 */
export function parsePageRanges(text: string): PageRange[] | null {
  const parts = text.split(',')
  if (parts.length > 200) return null
  const ranges: PageRange[] = []
  for (const part of parts) {
    const match = /^\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?$/.exec(part)
    if (!match) return null
    const first = Number(match[1])
    const last = Number(match[2] ?? match[1])
    if (first < 1 || last < first || last > MAX_PAGE_NUMBER) return null
    ranges.push([first, last])
  }
  return mergeRanges(ranges)
}

/** A selection as {@link parsePageRanges} reads it, such as `1-3,7`. */
export function formatPageRanges(ranges: readonly PageRange[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

/** The pages of a selection that a document of `pageCount` pages has; `null` selects all. */
export function selectPages(ranges: readonly PageRange[] | null, pageCount: number): PageNumber[] {
  const pages: PageNumber[] = []
  for (const [first, last] of ranges ?? [[1, pageCount] as const])
    for (let page = first; page <= Math.min(last, pageCount); page++) pages.push(page)
  return pages
}

/** The first `count` pages of a selection, of a document that is known to have that many. */
export function firstSelectedPages(
  ranges: readonly PageRange[] | null,
  count: number,
): PageNumber[] {
  const pages: PageNumber[] = []
  for (const [first, last] of ranges ?? [[1, count] as const])
    for (let page = first; page <= last && pages.length < count; page++) pages.push(page)
  return pages
}

function mergeRanges(ranges: readonly PageRange[]): PageRange[] {
  const merged: PageRange[] = []
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1)
    if (previous && first <= previous[1] + 1)
      merged[merged.length - 1] = [previous[0], Math.max(previous[1], last)]
    else merged.push([first, last])
  }
  return merged
}
