import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseLayout } from '../../../../src/engines/dots/layout-json.ts'

const CELLS = [
  { bbox: [1, 2, 30, 40], category: 'Title', text: '# 标题 "quoted"' },
  { bbox: [1, 50, 30, 70], category: 'Picture' },
  { bbox: [1, 80, 30, 90], category: 'Formula', text: String.raw`\frac{a}{b}` },
]
const READ = CELLS.map((cell) => ({ text: null, ...cell }))

// Whatever may confuse a tokenizer, and anything else.
const AWKWARD = fc.constantFrom(
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '{"bbox": [1',
  '\n',
  '😀',
  '","text":"',
)
const TEXT = fc
  .array(fc.oneof(AWKWARD, fc.string({ unit: 'grapheme', maxLength: 8 })))
  .map((parts) => parts.join(''))
const CATEGORY = fc.constantFrom('Text', 'Title', 'Table', 'Formula', 'List-item')
const LAYOUT = fc.array(fc.tuple(CATEGORY, TEXT), { minLength: 1, maxLength: 6 }).map((cells) =>
  // Boxes differ, so that no cell is taken for a repetition.
  cells.map(([category, text], place) => ({
    bbox: [place, place, 50, 60],
    category,
    text: `${place}${text}`,
  })),
)

describe('parseLayout', () => {
  it('reads what was asked for as it is', () => {
    const layout = parseLayout(JSON.stringify(CELLS))

    assert.deepEqual(layout, { cells: READ, isRepaired: false, isIncomplete: false })
  })

  for (const bbox of ['"box"', '["1", 2, 3, 4]', '[[1, 2, 3, 4]]', '{"x": 1}', 'null']) {
    it(`keeps a text whose box is ${bbox}, and no box`, () => {
      const layout = parseLayout(`[{"bbox": ${bbox}, "category": "Text", "text": "alpha"}]`)

      assert.deepEqual(layout?.cells, [{ bbox: null, category: 'Text', text: 'alpha' }])
    })
  }

  it('keeps equal texts of which no place is known', () => {
    const cells = ['a', 'b'].map((bbox) => ({ bbox, category: 'Text', text: '0.00' }))

    assert.equal(parseLayout(JSON.stringify(cells))?.cells.length, 2)
  })

  for (const what of ['a whole answer', 'a broken answer']) {
    it(`survives a box that is nested a million times (${what})`, () => {
      const bbox = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`
      const answer = `[{"bbox": ${bbox}, "category": "Text", "text": "alpha"}`

      const layout = parseLayout(what === 'a whole answer' ? `${answer}]` : answer)

      assert.deepEqual(
        layout?.cells.map(({ text }) => text),
        ['alpha'],
      )
    })

    it(`puts back what JSON took of LaTeX, and leaves a tab before a word (${what})`, () => {
      const texts = [String.raw`Prix\tau kilo \times`, String.raw`\tau \neq \frac{a}{b}`]
      const [text, formula] = texts.map((one) => `"text": "${one}"}`)
      const answer = `[{"bbox": [1, 2, 3, 4], "category": "Text", ${text}, {"bbox": [1, 5, 3, 7], "category": "Formula", ${formula}`

      const layout = parseLayout(what === 'a whole answer' ? `${answer}]` : answer)

      assert.deepEqual(
        layout?.cells.map((cell) => cell.text),
        [`Prix\tau kilo ${String.raw`\times`}`, String.raw`\tau \neq \frac{a}{b}`],
      )
    })
  }

  it('takes off a code fence', () => {
    const layout = parseLayout(`\n\`\`\`json\n${JSON.stringify(CELLS)}\n\`\`\`\n`)

    assert.deepEqual(layout, { cells: READ, isRepaired: false, isIncomplete: false })
  })

  for (const answer of ['', ' \n', '[]', '{}', '```json\n[]\n```']) {
    it(`tells that ${JSON.stringify(answer)} says that there is nothing`, () => {
      const layout = parseLayout(answer)

      assert.deepEqual(layout, { cells: [], isRepaired: false, isIncomplete: false })
    })
  }

  it('drops cells that repeat an earlier one in every respect', () => {
    const layout = parseLayout(JSON.stringify([...CELLS, ...CELLS]))

    assert.deepEqual(layout, { cells: READ, isRepaired: true, isIncomplete: false })
  })

  it('keeps a text that stands in many boxes of a whole answer', () => {
    const rows = Array.from({ length: 9 }, (_, place) => ({
      bbox: [1, place * 10, 30, place * 10 + 9],
      category: 'Text',
      text: '0.00',
    }))

    assert.equal(parseLayout(JSON.stringify(rows))?.cells.length, 9)
  })

  it('gives back any layout, also with all its commas between cells lost', () => {
    fc.assert(
      fc.property(LAYOUT, (cells) => {
        assert.deepEqual(parseLayout(JSON.stringify(cells))?.cells, cells)
        const broken = `[${cells.map((cell) => JSON.stringify(cell)).join(' ')},]`
        assert.deepEqual(parseLayout(broken)?.cells, cells)
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  it('invents nothing and says that something is missing, wherever a layout is cut', () => {
    fc.assert(
      fc.property(LAYOUT, fc.nat(), (cells, cut) => {
        const whole = JSON.stringify(cells)
        const layout = parseLayout(whole.slice(0, 2 + (cut % (whole.length - 2))))
        if (layout === null) return
        assert.equal(layout.isIncomplete, true)
        layout.cells.forEach(({ bbox, category, text }, place) => {
          const cell = cells[place]
          assert.ok(cell !== undefined)
          if (bbox !== null) assert.deepEqual(bbox, cell.bbox)
          if (category !== null) assert.equal(category, cell.category)
          if (text !== null) assert.ok(cell.text.startsWith(text))
          if (place < layout.cells.length - 1) assert.equal(text, cell.text)
        })
      }),
      { numRuns: 2000, seed: 7 },
    )
  })

  it('never throws and never writes what is not in the answer, whatever it is', () => {
    const junk = fc.array(
      fc.oneof(
        AWKWARD,
        fc.constantFrom(
          '{"bbox": [1, 2, 3, 4], ',
          '"category": "Text", ',
          '"text": "',
          '"}',
          ' word ',
        ),
      ),
    )

    fc.assert(
      fc.property(junk, (parts) => {
        const answer = parts.join('')
        for (const { text } of parseLayout(answer)?.cells ?? []) {
          // Escapes are shorter once read, never longer.
          for (const word of text?.split(/["\\/\s\b\f]+/) ?? []) assert.ok(answer.includes(word))
        }
      }),
      { numRuns: 2000, seed: 7 },
    )
  })
})
