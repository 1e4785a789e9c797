/** Which tiles of the page strip are drawn, and how wide the space for the others is. */
export type StripWindow = {
  readonly first: number
  /** Exclusive. */
  readonly end: number
  readonly beforePx: number
  readonly afterPx: number
}

/** Strips up to this long are drawn whole. */
export const MAX_WHOLE_TILES = 100

/** Tiles kept on both sides, so that a quick scroll finds them. */
const SPARE_TILES = 12

/** The tiles to draw of `tiles`, all of the same width. */
export function stripWindow(
  tiles: number,
  { scrollPx, viewPx, tilePx }: { scrollPx: number; viewPx: number; tilePx: number },
): StripWindow {
  if (tiles <= MAX_WHOLE_TILES || tilePx <= 0)
    return { first: 0, end: tiles, beforePx: 0, afterPx: 0 }
  const inView = Math.ceil(viewPx / tilePx) + 2 * SPARE_TILES
  const first = Math.max(0, Math.min(Math.floor(scrollPx / tilePx) - SPARE_TILES, tiles - inView))
  const end = Math.min(tiles, first + inView)
  return { first, end, beforePx: first * tilePx, afterPx: (tiles - end) * tilePx }
}

/** Where to scroll so that a tile is in view with its neighbours; where it stands if it is already. */
export function scrollToTile(
  place: number,
  { scrollPx, viewPx, tilePx }: { scrollPx: number; viewPx: number; tilePx: number },
): number {
  const start = place * tilePx
  const isInView = start >= scrollPx + tilePx && start + 2 * tilePx <= scrollPx + viewPx
  return isInView ? scrollPx : Math.max(0, start + tilePx / 2 - viewPx / 2)
}
