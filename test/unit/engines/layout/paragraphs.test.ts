import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assembleLines } from '../../../../src/engines/layout/assemble-lines.ts'
import { joinText } from '../../../../src/engines/layout/join-text.ts'
import type { TextLine } from '../../../../src/engines/layout/text-line.ts'

type LineOptions = { left?: number; width?: number; height?: number; confidence?: number }

const WIDTH = 600
const PITCH = 30

function line(text: string, top: number, options: LineOptions = {}): TextLine {
  const { left = 50, width = WIDTH, height = 20, confidence = 0.9 } = options
  const right = left + width
  return {
    text,
    confidence,
    quad: [
      { x: left, y: top },
      { x: right, y: top },
      { x: right, y: top + height },
      { x: left, y: top + height },
    ],
  }
}

const textsOf = (lines: readonly TextLine[]): string[] =>
  assembleLines(lines).map(({ text }) => text)

describe('blocksOf', () => {
  it('joins lines that follow each other to one paragraph', () => {
    const texts = textsOf([line('one two', 0), line('three four', PITCH), line('five', 2 * PITCH)])

    assert.deepEqual(texts, ['one two three four five'])
  })

  it('breaks after a line that ends far from the right edge', () => {
    const texts = textsOf([
      line('short', 0, { width: 200 }),
      line('next', PITCH),
      line('more', 2 * PITCH),
    ])

    assert.deepEqual(texts, ['short', 'next more'])
  })

  it('breaks before an indented line', () => {
    const texts = textsOf([
      line('one', 0),
      line('two', PITCH),
      line('three', 2 * PITCH, { left: 90, width: WIDTH - 40 }),
      line('four', 3 * PITCH),
    ])

    assert.deepEqual(texts, ['one two', 'three four'])
  })

  it('breaks where the pitch is wider than usual', () => {
    const texts = textsOf([line('one', 0), line('two', 24), line('three', 48), line('four', 87)])

    assert.deepEqual(texts, ['one two three', 'four'])
  })

  it('starts a block at a bullet and keeps its hanging lines', () => {
    const texts = textsOf([
      line('• first item', 0),
      line('goes on', PITCH, { left: 80, width: WIDTH - 30 }),
      line('• second item', 2 * PITCH),
    ])

    assert.deepEqual(texts, ['• first item goes on', '• second item'])
  })

  it('keeps the cells of a row apart with tabs and its rows with line breaks', () => {
    const row = (names: [string, string], top: number) => [
      line(names[0], top, { width: 60 }),
      line(names[1], top, { left: 300, width: 60 }),
    ]

    const texts = textsOf([...row(['a', 'b'], 0), ...row(['c', 'd'], PITCH)])

    assert.deepEqual(texts, ['a\tb\nc\td'])
  })

  it('calls a much larger line a title and a larger one a section header', () => {
    const body = Array.from({ length: 6 }, (_, row) =>
      line('body text of the page', 300 + row * PITCH),
    )

    const blocks = assembleLines([
      line('A Title', 0, { height: 40, width: 300 }),
      line('A Section', 150, { height: 29, width: 300 }),
      ...body,
    ])

    assert.deepEqual(
      blocks.map(({ category }) => category),
      ['title', 'section-header', 'text'],
    )
  })

  it('gives the box of the image and the mean confidence by characters', () => {
    const blocks = assembleLines([
      line('abcd', 10, { confidence: 1 }),
      line('efgh', 10 + PITCH, { confidence: 0.5 }),
    ])

    assert.deepEqual(blocks[0]?.bbox, [50, 10, 650, 60])
    assert.equal(blocks[0]?.confidence, 0.75)
  })

  it('reads the rows of a skewed page as rows', () => {
    const radians = (4 * Math.PI) / 180
    const turn = ({ text, confidence, quad }: TextLine): TextLine => {
      const [a, b, c, d] = quad.map(({ x, y }) => ({
        x: x * Math.cos(radians) - y * Math.sin(radians),
        y: x * Math.sin(radians) + y * Math.cos(radians),
      }))
      assert.ok(a && b && c && d)
      return { text, confidence, quad: [a, b, c, d] }
    }
    const rows = [0, 1, 2].flatMap((row) => [
      line(`left ${row}`, row * 25, { width: 300 }),
      line(`right ${row}`, row * 25, { left: 360, width: 300 }),
    ])

    const straight = textsOf(rows)

    assert.deepEqual(textsOf(rows.map(turn)), straight)
  })
})

describe('joinText', () => {
  it('puts a space between words and none between Chinese characters', () => {
    assert.equal(joinText('two', 'words'), 'two words')
    assert.equal(joinText('中文', '字符'), '中文字符')
    assert.equal(joinText('结束。', '（开始'), '结束。（开始')
    assert.equal(joinText('中文', 'word'), '中文 word')
  })

  it('makes a word whole that was broken with a hyphen', () => {
    assert.equal(joinText('recog-', 'nition'), 'recognition')
    assert.equal(joinText('North-', 'South'), 'North- South')
    assert.equal(joinText('2019-', 'now'), '2019- now')
  })
})
