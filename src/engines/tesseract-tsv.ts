import type { Block } from '../contract/page.ts'
import { joinText } from './layout/join-text.ts'
import { rectangleUnion, type Rectangle } from './layout/text-line.ts'

type Word = {
  readonly paragraph: string
  readonly line: string
  readonly box: Rectangle
  readonly confidence: number
  readonly text: string
}

const WORD_LEVEL = '5'
const COLUMN_COUNT = 12

/**
 * Makes blocks of Tesseract's TSV (5.x): one per paragraph, in its own order, which knows columns.
 *
 * Words without a character are dropped; it gives them for pictures and rules.
 *
 * @param scale pixels of the recognized image per pixel of the page image
 */
export function parseTesseractTsv(tsv: string, scale: number): Block[] {
  const paragraphs = new Map<string, Word[]>()
  for (const row of tsv.split('\n')) {
    const word = parseWord(row.replace(/\r$/, ''))
    if (word === null) continue
    const words = paragraphs.get(word.paragraph)
    if (words === undefined) paragraphs.set(word.paragraph, [word])
    else words.push(word)
  }
  return [...paragraphs.values()].map((words) => toBlock(words, scale))
}

function parseWord(row: string): Word | null {
  const cells = row.split('\t')
  if (cells.length < COLUMN_COUNT || cells[0] !== WORD_LEVEL) return null
  const [, page, block, paragraph, line] = cells
  const [left = 0, top = 0, width = 0, height = 0, confidencePercent = 0] = cells
    .slice(6, 11)
    .map(Number)
  const text = cells.slice(11).join(' ').trim()
  if (text === '') return null
  return {
    paragraph: [page, block, paragraph].join(),
    line: [page, block, paragraph, line].join(),
    box: { left, top, right: left + width, bottom: top + height },
    confidence: confidencePercent / 100,
    text,
  }
}

function toBlock(words: readonly Word[], scale: number): Block {
  const lines = Map.groupBy(words, ({ line }) => line)
  const texts = [...lines.values()].map((line) => line.map(({ text }) => text).reduce(joinText))
  const { left, top, right, bottom } = rectangleUnion(words.map(({ box }) => box))
  return {
    bbox: [
      Math.floor(left / scale),
      Math.floor(top / scale),
      Math.ceil(right / scale),
      Math.ceil(bottom / scale),
    ],
    category: 'text',
    text: texts.reduce(joinText),
    confidence: meanConfidence(words),
  }
}

function meanConfidence(words: readonly Word[]): number {
  let weighted = 0
  let characters = 0
  for (const { confidence, text } of words) {
    weighted += Math.min(1, Math.max(0, confidence)) * text.length
    characters += text.length
  }
  return Math.round((weighted / characters) * 1000) / 1000
}
