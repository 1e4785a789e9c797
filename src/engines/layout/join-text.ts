// Han, kana, CJK punctuation and full-width forms: scripts written without spaces between words.
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uffef]/u
const HYPHENATED_END = /\p{L}[-\u2010\u00ad]$/u
const LOWER_CASE_START = /^\p{Ll}/u

/**
 * Joins two pieces of a paragraph: nothing between characters of unspaced scripts, else a space.
 *
 * A hyphen at the end of the first piece goes when the second goes on in lower case, so that words
 * broken at a line end are whole again; a compound broken at its own hyphen loses it.
 */
export function joinText(before: string, after: string): string {
  if (before === '' || after === '') return before + after
  if (HYPHENATED_END.test(before) && LOWER_CASE_START.test(after)) {
    return before.slice(0, -1) + after
  }
  const last = Array.from(before.slice(-2)).at(-1) ?? ''
  const first = Array.from(after.slice(0, 2))[0] ?? ''
  return UNSPACED.test(last) && UNSPACED.test(first) ? before + after : `${before} ${after}`
}
