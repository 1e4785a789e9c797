/** An answer that is no valid layout, and what can be told of it for certain. */
export type BrokenAnswer = {
  readonly name: string
  readonly answer: string
  /** Categories and texts, one `Category: text` a cell; `null`: no layout in it. */
  readonly cells: readonly string[] | null
  readonly isIncomplete?: boolean
}

/** A cell. */
export const A = '{"bbox": [1, 2, 30, 40], "category": "Text", "text": "alpha"}'
/** Another one. */
export const B = '{"bbox": [5, 50, 60, 70], "category": "Title", "text": "# beta"}'
const PICTURE = '{"bbox": [1, 80, 90, 99], "category": "Picture"}'
const BOTH = ['Text: alpha', 'Title: # beta']
const at = (top: number, text: string): string =>
  `{"bbox": [1, ${top}, 50, ${top + 9}], "category": "Text", "text": "${text}"}`

/** Answers as models broke them, and some that are none at all. */
export const BROKEN_ANSWERS: readonly BrokenAnswer[] = [
  // Around the array.
  { name: 'prose before it', answer: `Here is the layout: [${A}, ${B}]`, cells: BOTH },
  { name: 'prose after it', answer: `[${A}, ${B}]\nI hope that helps {you}.`, cells: BOTH },
  { name: 'quotes in the prose', answer: `The "layout" is: [${A}, ${B}]`, cells: BOTH },
  {
    name: 'a fence that is not closed',
    answer: `\`\`\`json\n[${A}, ${B}`,
    cells: BOTH,
    isIncomplete: true,
  },
  { name: 'an object around it', answer: `{"layout": [${A}, ${B}]}`, cells: BOTH },
  { name: 'two objects around it', answer: `{"page": {"cells": [${A}, ${B}]}}`, cells: BOTH },
  { name: 'an array around it', answer: `[[${A}, ${B}]]`, cells: BOTH },
  { name: 'two arrays', answer: `[${A}]\n[${B}]`, cells: BOTH },
  { name: 'one object a line', answer: `${A}\n${B}`, cells: BOTH },
  { name: 'one object alone', answer: A, cells: ['Text: alpha'] },
  // Commas and brackets.
  { name: 'no opening bracket', answer: `${A}, ${B}]`, cells: BOTH },
  { name: 'no closing bracket', answer: `[${A}, ${B}`, cells: BOTH, isIncomplete: true },
  { name: 'no comma between objects', answer: `[${A} ${B}]`, cells: BOTH },
  { name: 'no space between objects either', answer: `[${A}${B}]`, cells: BOTH },
  { name: 'a comma at the end', answer: `[${A}, ${B},]`, cells: BOTH },
  { name: 'two commas', answer: `[${A},, ${B}]`, cells: BOTH },
  { name: 'a comma at the end of objects', answer: `[${A.slice(0, -1)},}, ${B}]`, cells: BOTH },
  { name: 'no closing brace', answer: `[${A.slice(0, -1)}, ${B}]`, cells: BOTH },
  { name: 'no closing brace and no comma', answer: `[${A.slice(0, -1)} ${B}]`, cells: BOTH },
  { name: 'no closing brace at the end', answer: `[${A}, ${B.slice(0, -1)}]`, cells: BOTH },
  { name: 'no opening brace', answer: `[${A}, ${B.slice(1)}]`, cells: BOTH },
  { name: 'no brace between two', answer: `[${A.slice(0, -1)}, ${B.slice(1)}]`, cells: BOTH },
  { name: 'a brace too many', answer: `[${A}}, ${B}]`, cells: BOTH },
  { name: 'no commas between keys', answer: `[${A.replaceAll(', "', ' "')}, ${B}]`, cells: BOTH },
  { name: 'a box without its bracket', answer: `[${A.replace('],', ',')}, ${B}]`, cells: BOTH },
  {
    name: 'a box without commas',
    answer: `[${A.replace('1, 2, 30, 40', '1 2 30 40')}, ${B}]`,
    cells: BOTH,
  },
  {
    name: 'a box in a box',
    answer: `[${A.replace('[1, 2, 30, 40]', '[[1, 2, 30, 40]]')}, ${B},]`,
    cells: BOTH,
  },
  // Strings.
  { name: 'a newline in a string', answer: `[${at(1, 'one\ntwo')}]`, cells: ['Text: one\ntwo'] },
  { name: 'a tab in a string', answer: `[${at(1, 'one\ttwo')}]`, cells: ['Text: one\ttwo'] },
  {
    name: 'LaTeX that is not escaped',
    answer: `[${at(1, String.raw`\alpha_{1} + \sum`)}]`,
    cells: [String.raw`Text: \alpha_{1} + \sum`],
  },
  {
    name: 'LaTeX that looks like a code point',
    answer: `[${at(1, String.raw`\underline{x}`)}]`,
    cells: [String.raw`Text: \underline{x}`],
  },
  {
    name: 'braces in LaTeX, and no comma',
    answer: `[${at(1, String.raw`\\frac{a}{b}`)} ${B}]`,
    cells: [String.raw`Text: \frac{a}{b}`, 'Title: # beta'],
  },
  {
    name: 'one brace in a text, and no comma',
    answer: `[${at(1, 'set } of {')} ${B}]`,
    cells: ['Text: set } of {', 'Title: # beta'],
  },
  {
    name: 'brackets in a text, and no comma',
    answer: `[${at(1, '[1], see ]')} ${B}]`,
    cells: ['Text: [1], see ]', 'Title: # beta'],
  },
  {
    name: 'quotes that are not escaped',
    answer: `[${at(1, 'he said "hi" to me')}, ${B}]`,
    cells: ['Text: he said "hi" to me', 'Title: # beta'],
  },
  {
    name: 'a quote before a comma',
    answer: `[${at(1, 'he said "hi", and left')}, ${B}]`,
    cells: ['Text: he said "hi", and left', 'Title: # beta'],
  },
  {
    name: 'quotes at both ends',
    answer: `[${at(1, '"all of it"')}, ${B}]`,
    cells: ['Text: "all of it"', 'Title: # beta'],
  },
  {
    name: 'HTML with attributes',
    answer: `[${at(1, '<td colspan="2">x</td>')}, ${B}]`,
    cells: ['Text: <td colspan="2">x</td>', 'Title: # beta'],
  },
  {
    name: 'a backslash before the last quote',
    answer: `[${at(1, String.raw`a \\ b \ `.trim())}, ${B}]`,
    cells: [String.raw`Text: a \ b ` + '\\', 'Title: # beta'],
  },
  {
    name: 'a layout quoted in a text',
    answer: `[${at(1, String.raw`{\"bbox\": [1,2,3,4]}`)} ${B}]`,
    cells: ['Text: {"bbox": [1,2,3,4]}', 'Title: # beta'],
  },
  // Values.
  {
    name: 'a text that is a number',
    answer: `[${A.replace('"alpha"', '1.50')}, ${B}]`,
    cells: ['Text: 1.50', 'Title: # beta'],
  },
  {
    name: 'a text that is null, and no comma',
    answer: `[${A.replace('"alpha"', 'null')} ${B}]`,
    cells: ['Text: -', 'Title: # beta'],
  },
  {
    name: 'a text that is a list',
    answer: `[${A.replace('"alpha"', '["a", "b"]')}, ${B}]`,
    cells: ['Text: -', 'Title: # beta'],
  },
  {
    name: 'no category',
    answer: `[${A.replace('"category": "Text", ', '')}, ${B}]`,
    cells: ['-: alpha', 'Title: # beta'],
  },
  {
    name: 'other keys, too',
    answer: `[${A.replace('{', '{"id": 7, "order": null, "score": 0.5, ')} ${B}]`,
    cells: BOTH,
  },
  {
    name: 'a picture, and no comma',
    answer: `[${A} ${PICTURE}]`,
    cells: ['Text: alpha', 'Picture: -'],
  },
  // Broken off.
  {
    name: 'cut in a text',
    answer: `[${A}, ${B.slice(0, -4)}`,
    cells: ['Text: alpha', 'Title: # be'],
    isIncomplete: true,
  },
  {
    name: 'cut before a text',
    answer: `[${A}, ${B.slice(0, -11)}`,
    cells: ['Text: alpha', 'Title: -'],
    isIncomplete: true,
  },
  {
    name: 'cut in a category',
    answer: `[${A}, ${B.slice(0, 41)}`,
    cells: ['Text: alpha', '-: -'],
    isIncomplete: true,
  },
  {
    name: 'cut in a box',
    answer: `[${A}, ${B.slice(0, 20)}`,
    cells: ['Text: alpha', '-: -'],
    isIncomplete: true,
  },
  {
    name: 'cut in a key',
    answer: `[${A}, ${B.slice(0, 5)}`,
    cells: ['Text: alpha'],
    isIncomplete: true,
  },
  { name: 'cut after a brace', answer: `[${A}, {`, cells: ['Text: alpha'], isIncomplete: true },
  {
    name: 'cut in an escape',
    answer: String.raw`[${A}, {"bbox": [5, 50, 60, 70], "category": "Title", "text": "x \u4e`,
    cells: ['Text: alpha', 'Title: x '],
    isIncomplete: true,
  },
  {
    name: 'cut within a character',
    answer: String.raw`[{"bbox": [5, 50, 60, 70], "category": "Text", "text": "x \ud83d`,
    cells: ['Text: x '],
    isIncomplete: true,
  },
  // Loops.
  { name: 'a cell again and again', answer: `[${[A, A, A].join(' ')}, ${B}]`, cells: BOTH },
  {
    name: 'a text in box after box',
    answer: `[${[1, 2, 3, 4, 5].map((n) => at(n * 10, 'same')).join(' ')}]`,
    cells: ['Text: same'],
    isIncomplete: true,
  },
  {
    name: 'a text in a few boxes',
    answer: `[${[1, 2, 3, 4].map((n) => at(n * 10, 'same')).join(' ')}]`,
    cells: ['Text: same', 'Text: same', 'Text: same', 'Text: same'],
  },
  {
    name: 'a box with text after text',
    answer: `[${at(1, '1.')} ${at(1, '2.')} ${at(1, '3.')}]`,
    cells: ['Text: 1.'],
    isIncomplete: true,
  },
  // No layout.
  { name: 'prose', answer: 'I am sorry, I cannot see an image.', cells: null },
  { name: 'HTML', answer: '<html><body>502 Bad Gateway</body></html>', cells: null },
  { name: 'null', answer: 'null', cells: null },
  { name: 'a string', answer: '"text"', cells: null },
  { name: 'a list of strings', answer: '["a", "b"]', cells: null },
  { name: 'an error', answer: '{"error": {"message": "overloaded"}}', cells: null },
  { name: 'brackets only', answer: '[[[[{{{{', cells: null },
]
