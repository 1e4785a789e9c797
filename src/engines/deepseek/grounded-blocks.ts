import type { Block, BlockCategory, BoundingBox, PageWarning } from '../../contract/page.ts'
import { toFormulaText } from '../model-page/formula-latex.ts'
import { splitMarkdown } from '../model-page/markdown-blocks.ts'
import { usableBox, wholePage, type ImageSize } from '../model-page/bounding-box.ts'
import { parseGrounding, type GroundedPart } from './grounding.ts'

/** What an answer says, and what was noticed on the way. */
export type PageBlocks = {
  readonly blocks: readonly Block[]
  readonly warnings: readonly PageWarning[]
}

type Content = Pick<Block, 'category' | 'text'>

/** Labels of DeepSeek-OCR and its relatives, spelled with `_`; others are text. */
const CATEGORY_OF: Readonly<Record<string, BlockCategory>> = {
  title: 'title',
  doc_title: 'title',
  sub_title: 'section-header',
  subtitle: 'section-header',
  section_header: 'section-header',
  text: 'text',
  paragraph: 'text',
  list: 'list-item',
  list_item: 'list-item',
  table: 'table',
  equation: 'formula',
  formula: 'formula',
  interline_equation: 'formula',
  caption: 'caption',
  image_caption: 'caption',
  figure_caption: 'caption',
  table_caption: 'caption',
  footnote: 'footnote',
  page_footnote: 'footnote',
  image_footnote: 'footnote',
  table_footnote: 'footnote',
  header: 'page-header',
  page_header: 'page-header',
  footer: 'page-footer',
  page_footer: 'page-footer',
  page_number: 'page-footer',
  image: 'picture',
  figure: 'picture',
  picture: 'picture',
  chart: 'picture',
}
const COORDINATE_MAX = 999

/**
 * Blocks of an answer: boxes in pixels of the page, text as Markdown, tables as HTML, formulas as
 * LaTeX without delimiters. An answer without any tag is split at its top level, with the page as the
 * box of every block, and warned of as `LAYOUT_LOST`.
 *
 * Text without a usable place gets the whole page; a picture without one is dropped, as is a part that
 * should have text and has none.
 */
export function toPageBlocks(answer: string, page: ImageSize): PageBlocks {
  const { parts, isRepaired } = parseGrounding(answer)
  const warnings = new Set<PageWarning>(isRepaired ? ['OUTPUT_REPAIRED'] : [])
  if (parts.every(({ label }) => label === null)) {
    const contents = parts.flatMap(({ text }) => splitMarkdown(text))
    if (contents.length > 0) warnings.add('LAYOUT_LOST')
    const blocks = contents.map((content) => toBlock(content, wholePage(page)))
    return { blocks, warnings: [...warnings] }
  }
  const blocks = parts.flatMap((part) => blocksOf(part, { page, warnings }))
  return { blocks, warnings: [...warnings] }
}

function blocksOf(
  part: GroundedPart,
  { page, warnings }: { page: ImageSize; warnings: Set<PageWarning> },
): Block[] {
  const boxes = part.boxes.map((box) => usableBox(toPixels(box, page), page))
  const usable = boxes.filter((box) => box !== null)
  if (usable.length < Math.max(1, boxes.length)) warnings.add('BOX_INVALID')
  const place = usable.length === 0 ? wholePage(page) : union(usable)
  const category = categoryOf(part.label)
  if (category === 'picture') {
    const pictures = usable.map((box) => toBlock({ category, text: '' }, box))
    // What the model read in it.
    const contents = part.text === '' ? [] : contentsOf('text', part.text)
    return [...pictures, ...contents.map((content) => toBlock(content, place))]
  }
  const text = part.text === '' ? textInLabel(part.label) : part.text
  const contents = text === '' ? [] : contentsOf(category, text)
  const told = contents.filter((content) => content.text !== '')
  if (told.length === 0) warnings.add('OUTPUT_INCOMPLETE')
  return told.map((content) => toBlock(content, place))
}

function contentsOf(category: BlockCategory, text: string): Content[] {
  if (/^<table[\s>][^]*<\/table>$/i.test(text)) return [{ category: 'table', text }]
  switch (category) {
    case 'table':
      // One in Markdown, or something else altogether.
      return splitMarkdown(text)
    case 'formula': {
      const formula = toFormulaText(text)
      if (formula.kind === 'latex') return [{ category, text: formula.latex }]
      return [{ category: 'text', text: formula.markdown }]
    }
    case 'title':
      return [{ category, text: withHeadingMark(text, '#') }]
    case 'section-header':
      return [{ category, text: withHeadingMark(text, '##') }]
    case 'caption':
    case 'footnote':
      return [{ category, text: text.replaceAll(/<\/?center>/gi, '').trim() }]
    case 'list-item':
    case 'page-footer':
    case 'page-header':
    case 'picture':
    case 'text':
      return [{ category, text }]
  }
}

function withHeadingMark(text: string, mark: string): string {
  return text.startsWith('#') || text.includes('\n') ? text : `${mark} ${text}`
}

/** What a newer model may call a part: its text is text. */
function categoryOf(label: string | null): BlockCategory {
  return knownCategory(label) ?? 'text'
}

function knownCategory(label: string | null): BlockCategory | null {
  const name = (label ?? '').toLowerCase().replaceAll(/[\s-]+/g, '_')
  return (Object.hasOwn(CATEGORY_OF, name) ? CATEGORY_OF[name] : null) ?? null
}

/** Asked for an image instead of a document the model tags each text itself, without a label. */
function textInLabel(label: string | null): string {
  const isLabel = knownCategory(label) !== null || /^[a-z]+(?:[_-][a-z]+)*$/.test(label ?? '')
  return isLabel ? '' : (label ?? '')
}

function toPixels(box: unknown, { widthPx, heightPx }: ImageSize): unknown {
  if (!Array.isArray(box)) return null
  return box.map((value: unknown, place) =>
    // Towards zero, as the model's own code does.
    typeof value === 'number'
      ? Math.trunc((value / COORDINATE_MAX) * (place % 2 === 0 ? widthPx : heightPx))
      : value,
  )
}

function union(boxes: readonly BoundingBox[]): BoundingBox {
  return [
    Math.min(...boxes.map(([left]) => left)),
    Math.min(...boxes.map(([, top]) => top)),
    Math.max(...boxes.map(([, , right]) => right)),
    Math.max(...boxes.map(([, , , bottom]) => bottom)),
  ]
}

function toBlock(content: Content, bbox: BoundingBox): Block {
  return { ...content, bbox, confidence: null }
}
