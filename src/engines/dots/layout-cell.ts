/** One element of a layout as the model wrote it; nothing of it is checked but the types. */
export type LayoutCell = {
  /** In pixels of the image that was sent: any numbers, as many as the model wrote. */
  readonly bbox: readonly number[] | null
  readonly category: string | null
  /** `null`: it has none, as a picture. */
  readonly text: string | null
}

/** A layout as the model wrote it, in reading order. */
export type Layout = {
  readonly cells: readonly LayoutCell[]
  /** The answer was not the JSON that was asked for. */
  readonly isRepaired: boolean
  /** The answer broke off, or cells that may have meant something were dropped. */
  readonly isIncomplete: boolean
}

/** Tells whether a cell is a picture, which has no text. */
export function isPicture({ category }: LayoutCell): boolean {
  return category?.toLowerCase() === 'picture'
}

/** What a model wrote for a box, where that is a list of numbers; `null` for anything else. */
export function toNumbers(value: unknown): readonly number[] | null {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number') ? value : null
}

/**
 * Cells without those that repeat an earlier one in every respect: the way in which loops begin. Of
 * cells without a box it is not known whether they do.
 */
export function distinctCells<Cell extends LayoutCell>(cells: readonly Cell[]): Cell[] {
  const seen = new Set<string>()
  return cells.filter(({ bbox, category, text }) => {
    if (bbox === null) return true
    const key = JSON.stringify([bbox, category, text])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
