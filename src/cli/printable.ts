const MAX_CHARACTERS = 500

/**
 * A text from outside (a file name, what a server says) as one line that cannot move the cursor or
 * turn the direction of writing; at most 500 characters.
 */
export function printable(text: string): string {
  const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS - 1)}…` : line
}

/** A count with its noun: `1 page`, `2 pages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
