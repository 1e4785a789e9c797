/** What the page remembers of its reader between visits. */
export type Remembered = 'language' | 'theme'

/** A choice of an earlier visit; `null` where there is none or storage is forbidden. */
export function recall(name: Remembered): string | null {
  try {
    return localStorage.getItem(`ocr.${name}`)
  } catch {
    return null
  }
}

/** Keeps a choice for the next visit, where the browser allows it. */
export function remember(name: Remembered, choice: string): void {
  try {
    localStorage.setItem(`ocr.${name}`, choice)
  } catch {
    // Private windows may forbid storage; the choice then holds for this visit.
  }
}
