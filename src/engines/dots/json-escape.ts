const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const FOUR_HEX_DIGITS = /^[\dA-Fa-f]{4}$/
const CUT_HEX_DIGITS = /^[\dA-Fa-f]{0,3}$/

/**
 * What the backslash at a place in a JSON string stands for, and how many characters that takes. A
 * backslash that starts no escape is one of LaTeX that was not escaped, and stands for itself; an
 * escape that the end of the text cuts off stands for nothing.
 */
export function unescapeAt(
  text: string,
  at: number,
): { readonly value: string; readonly length: number } {
  const letter = text.charAt(at + 1)
  const value = ESCAPES.get(letter)
  if (value !== undefined) return { value, length: 2 }
  if (letter === '') return { value: '', length: 1 }
  const digits = text.slice(at + 2, at + 6)
  if (letter === 'u' && FOUR_HEX_DIGITS.test(digits)) {
    return { value: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 }
  }
  const isCut = at + 2 + digits.length === text.length
  if (letter === 'u' && isCut && CUT_HEX_DIGITS.test(digits)) {
    return { value: '', length: 2 + digits.length }
  }
  return { value: '\\', length: 1 }
}

/** A text without the half of a character (a high surrogate) that a cut can leave at its end. */
export function withoutTornCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}
