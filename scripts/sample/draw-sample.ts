import { createRequire } from 'node:module'
import { GlobalFonts, PDFDocument } from '@napi-rs/canvas'
import { SAMPLE_PAGES, type SampleItem } from './sample-pages.ts'

type Context = ReturnType<PDFDocument['beginPage']>

/** A4 in points. */
const PAGE = { width: 595, height: 842, margin: 64 } as const
const SIZE = { title: 26, heading: 17, line: 13, table: 13 } as const
const LINE_HEIGHT = 1.9
const FONT = 'Sample Sans'

/** The sample as a PDF with text and an embedded, subset font. */
export function drawSample(): Buffer {
  const require = createRequire(import.meta.url)
  GlobalFonts.registerFromPath(
    require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
    FONT,
  )
  const document = new PDFDocument({ title: 'durable-ocr sample' })
  for (const items of SAMPLE_PAGES) {
    const context = document.beginPage(PAGE.width, PAGE.height)
    context.textBaseline = 'alphabetic'
    let y: number = PAGE.margin
    for (const item of items) y += drawItem(context, item, y)
    document.endPage()
  }
  return document.close()
}

/** The text of the sample: a line per line, the cells of a row joined by a tab, a form feed between pages. */
export function sampleText(): string {
  const pages = SAMPLE_PAGES.map((items) => `${items.flatMap(itemLines).join('\n')}\n`)
  return pages.join('\f')
}

function itemLines(item: SampleItem): string[] {
  if (item.kind === 'gap') return []
  return item.kind === 'table' ? item.rows.map((row) => row.join('\t')) : [item.text]
}

/** Draws an item below `y` and returns its height. */
function drawItem(context: Context, item: SampleItem, y: number): number {
  if (item.kind === 'gap') return SIZE.line * LINE_HEIGHT
  if (item.kind === 'table') return drawTable(context, item.rows, y)
  const height = SIZE[item.kind] * LINE_HEIGHT
  drawText(context, { text: item.text, sizePt: SIZE[item.kind], x: PAGE.margin, y: y + height })
  return height
}

function drawTable(context: Context, rows: readonly (readonly string[])[], top: number): number {
  const rowHeight = SIZE.table * 2.2
  const columnWidth = (PAGE.width - 2 * PAGE.margin) / (rows[0]?.length ?? 1)
  context.lineWidth = 0.8
  for (const [rowPosition, row] of rows.entries())
    for (const [columnPosition, cell] of row.entries()) {
      const x = PAGE.margin + columnPosition * columnWidth
      const y = top + rowHeight * (rowPosition + 0.5)
      context.strokeRect(x, y, columnWidth, rowHeight)
      drawText(context, { text: cell, sizePt: SIZE.table, x: x + 10, y: y + rowHeight * 0.66 })
    }
  return rowHeight * (rows.length + 0.5)
}

function drawText(
  context: Context,
  options: { text: string; sizePt: number; x: number; y: number },
): void {
  context.font = `${options.sizePt}px "${FONT}"`
  context.fillText(options.text, options.x, options.y)
}
