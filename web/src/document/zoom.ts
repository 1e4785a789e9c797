/** How large the page image is drawn: as it fits, or as a multiple of the width there is. */
export type Zoom = 'fit' | number

const STEPS: readonly Zoom[] = ['fit', 1, 1.5, 2, 3, 4]

/** The next larger (`1`) or smaller (`-1`) zoom; the same at the ends. */
export function nextZoom(zoom: Zoom, direction: 1 | -1): Zoom {
  return STEPS[STEPS.indexOf(zoom) + direction] ?? zoom
}
