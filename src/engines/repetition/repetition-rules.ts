/** A stretch of text in which one pattern follows itself. */
export type RepeatedText = {
  /** One period; in it every number that changes is `0`. */
  readonly pattern: string
  readonly repeats: number
  /** Characters of the whole stretch. */
  readonly length: number
  /** `equal`: letter for letter; `counting`: numbers grow by equal steps; `varying`: they change at will. */
  readonly numbers: 'equal' | 'counting' | 'varying'
}

type Measures = {
  readonly isWordy: boolean
  readonly hasLetters: boolean
  readonly isTable: boolean
  /** All of these belong to the whole stretch. */
  readonly rows: number
  readonly letters: number
  readonly content: number
}

// What the models of this folder wrap text in; it repeats on honest pages as well.
const MARKUP = [
  /<\|ref\|>[^<>]{0,60}<\|\/ref\|>|<\|\/?det\|>/g,
  /\{\s*"bbox"\s*:\s*\[[^\]]{0,60}\]\s*,\s*"category"\s*:\s*"[^"]{0,30}"(?:\s*,\s*"text"\s*:)?/g,
  /<[^<>]{0,40}>/g,
  /&[a-z]{2,8};/g,
]
const CELL = /<\/?t[dh]\b|\|/
// In JSON a line break is written as backslash and n.
const ROW_END = /<\/tr>|\n|\\n|<br\s*\/?>|"bbox"|<\|det\|>/g
const WORD = /\p{L}{5}|\p{Script=Han}{4}/u

/**
 * Tells whether repeated text is a loop of the model rather than what stands on the page.
 *
 * A page has about 100 lines of 200 characters at most, and what honestly repeats on it is mostly
 * without words: leaders, blanks, empty cells, zeros. So a pattern with words may fill half a page,
 * one without may fill all of it, and what counts is letters and digits, since long blanks are
 * honest. The figures are checked against generated pages in the test.
 */
export function isLoop(text: RepeatedText): boolean {
  const measures = measure(text)
  if (text.numbers === 'varying') {
    // Bank statements and logs; 100 lines of them have some 2,000 letters.
    return measures.isWordy && measures.letters >= 5_000 && text.repeats >= 40
  }
  return measures.isWordy ? isWordyLoop(text, measures) : isFillerLoop(text, measures)
}

function isWordyLoop({ repeats, length }: RepeatedText, measures: Measures): boolean {
  const { content, rows, isTable } = measures
  if (content >= 4_500) return true
  if (rows >= 80 && content >= 1_200) return true
  if (isTable) return length >= 8_000 && repeats >= 8
  // A sheet of 30 equal address labels has 1,700.
  return content >= 2_400 && repeats >= 8
}

function isFillerLoop({ repeats, length, numbers }: RepeatedText, measures: Measures): boolean {
  const { hasLetters, isTable, rows } = measures
  // An answer sheet has 200 rows such as `17. A B C D`; a list of numbers has 500.
  if (numbers === 'counting' && !hasLetters) return repeats >= 1_000 || length >= 20_000
  if (rows === 0) {
    if (isTable) return length >= 3_000
    return repeats >= 12 && length >= (hasLetters ? 2_000 : 5_000)
  }
  // A form of 60 rows and 20 columns with `0.00` in each has 16,200 characters.
  if (length >= (isTable ? 20_000 : 10_000)) return true
  return rows >= (numbers === 'counting' ? 250 : 160) && length >= 1_200
}

function measure({ pattern, repeats }: RepeatedText): Measures {
  // Twice, as a period may begin in the middle of a word or a tag.
  const twice = pattern + pattern
  const visible = MARKUP.reduce((text, markup) => text.replaceAll(markup, ' '), twice)
  const ofStretch = (count: number): number => (count / 2) * repeats
  const letters = (visible.match(/\p{L}/gu) ?? []).length
  const han = (visible.match(/\p{Script=Han}/gu) ?? []).length
  const digits = (visible.match(/\p{Nd}/gu) ?? []).length
  return {
    isWordy: WORD.test(visible),
    hasLetters: letters > 0,
    isTable: CELL.test(twice),
    rows: ofStretch((twice.match(ROW_END) ?? []).length),
    letters: ofStretch(letters + han),
    content: ofStretch(letters + han + digits),
  }
}
