import type { BlockView, PageView } from '../model.ts'
import { MAX_BLOCKS } from './page-boxes.ts'

/** Longest text of a page that is shown, in characters. */
export const MAX_SHOWN_LENGTH = 200_000

/** What the preview shows: the blocks of a page in reading order, or its text as a whole. */
export type PageContent =
  | { readonly kind: 'blocks'; readonly blocks: readonly BlockView[]; readonly isCut: boolean }
  | { readonly kind: 'markdown' | 'text'; readonly text: string; readonly isCut: boolean }

/** Chooses how a page is previewed, and cuts what would freeze the page. */
export function pageContent({ blocks, markdown, markup, text }: PageView): PageContent {
  if (blocks.length > 0) {
    const shown = blocks.slice(0, blocksWithin(blocks))
    return { kind: 'blocks', blocks: shown, isCut: shown.length < blocks.length }
  }
  // Plain pages are shown as they are printed: their Markdown is that with escapes.
  const kind = markup === 'markdown' && markdown !== '' ? 'markdown' : 'text'
  const { text: shown, isCut } = cutText(kind === 'markdown' ? markdown : text || markdown)
  return { kind, text: shown, isCut }
}

/** The beginning of a text that may be too long to be shown. */
export function cutText(text: string): { readonly text: string; readonly isCut: boolean } {
  if (text.length <= MAX_SHOWN_LENGTH) return { text, isCut: false }
  return { text: text.slice(0, MAX_SHOWN_LENGTH).toWellFormed(), isCut: true }
}

/** Crops by the paths that the Markdown of a page names them: `images/<page>_<place>.png`, from 1. */
export function pictureUrls({ page, blocks }: PageView): ReadonlyMap<string, string> {
  const pictures = blocks.filter(({ imageUrl }) => imageUrl !== null)
  return new Map(
    pictures.map(({ imageUrl }, place) => [`images/${page}_${place + 1}.png`, imageUrl ?? '']),
  )
}

function blocksWithin(blocks: readonly BlockView[]): number {
  let length = 0
  let count = 0
  for (const { text } of blocks.slice(0, MAX_BLOCKS)) {
    length += text.length
    if (length > MAX_SHOWN_LENGTH) break
    count++
  }
  return count
}
