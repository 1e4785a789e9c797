import {
  BLOCK_CATEGORIES,
  type Block,
  type BlockCategory,
  type PageWarning,
} from '../../contract/page.ts'
import { usableBox, wholePage, type ImageSize } from '../model-page/bounding-box.ts'
import { toFormulaText } from '../model-page/formula-latex.ts'
import type { Layout, LayoutCell } from './layout-cell.ts'
import { toPagePixels, type SeenPage } from './seen-page.ts'

/** What a layout says, and what was noticed on the way. */
export type LayoutBlocks = {
  readonly blocks: readonly Block[]
  readonly warnings: readonly PageWarning[]
}

/**
 * Blocks of a layout: boxes in pixels of the page's image, text as Markdown, tables as HTML, formulas
 * as LaTeX without delimiters. Text without a usable place gets the whole page; a picture without one
 * is dropped, as is a cell that should have text and has none.
 */
export function toBlocks(layout: Layout, page: SeenPage): LayoutBlocks {
  const warnings = new Set<PageWarning>()
  if (layout.isRepaired) warnings.add('OUTPUT_REPAIRED')
  if (layout.isIncomplete) warnings.add('OUTPUT_INCOMPLETE')
  const blocks = layout.cells.flatMap((cell) => {
    const bbox = usableBox(cell.bbox && toPagePixels(cell.bbox, page), page.image)
    const content = contentOf(cell)
    if (bbox === null) warnings.add('BOX_INVALID')
    if (content.text === '' && content.category !== 'picture') {
      warnings.add('OUTPUT_INCOMPLETE')
      return []
    }
    if (bbox === null && content.category === 'picture') return []
    return [{ bbox: bbox ?? wholePage(page.image), ...content, confidence: null }]
  })
  return { blocks, warnings: [...warnings] }
}

/** Markdown of a whole page, as the one block that is known of it; none where it is empty. */
export function toPageBlock(markdown: string, image: ImageSize): Block[] {
  const text = markdown.toWellFormed().trim()
  return text === '' ? [] : [{ bbox: wholePage(image), category: 'text', text, confidence: null }]
}

function contentOf(cell: LayoutCell): Pick<Block, 'category' | 'text'> {
  const category = categoryOf(cell)
  if (category === 'picture') return { category, text: '' }
  const text = (cell.text ?? '').toWellFormed()
  if (category === 'table') return { category, text: withoutFence(text) }
  if (category !== 'formula') return { category, text: text.trim() }
  const formula = toFormulaText(text)
  if (formula.kind === 'latex') return { category, text: formula.latex }
  return { category: 'text', text: formula.markdown }
}

/** Something that a newer model may have: its text is text. */
function categoryOf(cell: LayoutCell): BlockCategory {
  const name = cell.category?.trim().toLowerCase().replaceAll(/[ _]/g, '-')
  return BLOCK_CATEGORIES.find((category) => category === name) ?? 'text'
}

function withoutFence(html: string): string {
  return html
    .trim()
    .replace(/^```(?:html)?\s/, '')
    .replace(/```$/, '')
    .trim()
}
