import type { BlockCategory } from '../../src/contract/page.ts'
import { textReply, type FakeReply } from './fakes/fake-reply.ts'
import { readPageNumber } from './read-page-number.ts'

/** A block that a fake engine is told to see; its box in thousandths of the page. */
export type TrueBlock = {
  readonly category: BlockCategory
  readonly text: string
  readonly box: readonly [number, number, number, number]
}

/** What there is to see on a page of a marked document, for an engine that finds places. */
export function pageTruth(page: number): TrueBlock[] {
  return [
    { category: 'title', text: `# Page ${page}`, box: [100, 50, 900, 100] },
    {
      category: 'text',
      text: `Words of page ${page}, **one** of many.`,
      box: [100, 120, 900, 300],
    },
    { category: 'picture', text: '', box: [100, 320, 500, 600] },
    {
      category: 'table',
      text: `<table><tr><td>${page}</td><td>${page * page}</td></tr></table>`,
      box: [100, 620, 900, 800],
    },
    { category: 'formula', text: `x_{${page}} = \\frac{${page}}{2}`, box: [100, 820, 900, 880] },
  ]
}

/** The Markdown that such a page has in the end; `hasPicture` for engines that cut pictures out. */
export function truthMarkdown(page: number, hasPicture: boolean): string {
  const pieces = pageTruth(page).flatMap(({ category, text }) => {
    if (category === 'picture') return hasPicture ? [`![](images/${page}_1.png)`] : []
    return [category === 'formula' ? `$$\n${text}\n$$` : text]
  })
  return pieces.join('\n\n')
}

/** dots.ocr's answer for an image of this size. */
export async function dotsReply(png: Uint8Array): Promise<FakeReply> {
  const [width, height] = sizeOf(png)
  const page = await readPageNumber(png)
  const cells = pageTruth(page).map(({ category, text, box }) => ({
    bbox: box.map((share, side) => Math.round((share / 1000) * (side % 2 === 0 ? width : height))),
    category: category[0]?.toUpperCase() + category.slice(1),
    ...(category === 'picture' ? {} : { text: category === 'formula' ? `$$${text}$$` : text }),
  }))
  return textReply(JSON.stringify(cells))
}

/** DeepSeek-OCR's answer. */
export async function deepseekReply(png: Uint8Array): Promise<FakeReply> {
  const page = await readPageNumber(png)
  const parts = pageTruth(page).map(({ category, text, box }) => {
    const label = category === 'picture' ? 'image' : category === 'formula' ? 'equation' : category
    const det = box.map((share) => Math.round((share / 1000) * 999)).join(', ')
    const words = category === 'formula' ? `\\[${text}\\]` : text
    return `<|ref|>${label}<|/ref|><|det|>[[${det}]]<|/det|>\n${words}`
  })
  return textReply(parts.join('\n\n'))
}

/** The answer of an engine that knows no places. */
export async function markdownOf(png: Uint8Array): Promise<string> {
  return truthMarkdown(await readPageNumber(png), false)
}

function sizeOf(png: Uint8Array): [number, number] {
  const bytes = Buffer.from(png)
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}
