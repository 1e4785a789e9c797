import type { FailureCode } from './failures.ts'
import type { BlobKey, PageNumber } from './identifiers.ts'

/** What a block of a page is: the eleven layout categories of dots.ocr, in lower case. */
export const BLOCK_CATEGORIES = [
  'caption',
  'footnote',
  'formula',
  'list-item',
  'page-footer',
  'page-header',
  'picture',
  'section-header',
  'table',
  'text',
  'title',
] as const

/** One of {@link BLOCK_CATEGORIES}. */
export type BlockCategory = (typeof BLOCK_CATEGORIES)[number]

/** `[left, top, right, bottom]` in whole pixels of the page image, origin top-left. */
export type BoundingBox = readonly [number, number, number, number]

/**
 * One recognized region. `text` is written in the {@link Markup} of its page, tables are HTML and
 * formulas LaTeX without delimiters; a picture has none.
 */
export type Block = {
  readonly bbox: BoundingBox
  readonly category: BlockCategory
  readonly text: string
  /** 0 to 1; `null` where the engine tells none. */
  readonly confidence: number | null
}

/** How the text of blocks is written: as it is printed, or as Markdown (hostile, as any text of a model). */
export type Markup = 'plain' | 'markdown'

/**
 * What was noticed while a page was drawn or read. A warning that `degrades` means that something
 * may be missing from the page's text, so the page ends as `degraded`; the others inform.
 */
export const PAGE_WARNINGS = {
  IMAGE_NOT_DECODED: { degrades: true, title: 'An image on the page could not be decoded' },
  IMAGE_TRUNCATED: { degrades: true, title: 'The image file is cut short or damaged' },
  CONTENT_SKIPPED: { degrades: true, title: 'Damaged page content was skipped' },
  PAGE_BOX_REPLACED: { degrades: true, title: 'The page size is invalid and was replaced' },
  FONT_SUBSTITUTED: { degrades: false, title: 'A font was missing and another one was used' },
  DPI_LOWERED: { degrades: false, title: 'The page is large and was drawn at a lower resolution' },
  TEXT_ILLEGIBLE: { degrades: true, title: 'There seems to be text, but none could be read' },
  PAGE_TURNED: { degrades: false, title: 'The page was turned upright' },
  RETRIED_SMALLER: { degrades: true, title: 'The page was drawn again at half the resolution' },
  OUTPUT_REPAIRED: { degrades: false, title: 'The engine’s answer was malformed and was repaired' },
  OUTPUT_INCOMPLETE: { degrades: true, title: 'A part of the engine’s answer could not be used' },
  BOX_INVALID: { degrades: true, title: 'A block has no usable place on the page' },
  LAYOUT_LOST: { degrades: true, title: 'Only the plain text could be had, without layout' },
  ENGINE_REPLACED: { degrades: true, title: 'The fallback engine read the page' },
} as const

/** A key of {@link PAGE_WARNINGS}. */
export type PageWarning = keyof typeof PAGE_WARNINGS

/** How a delivered page ended: `empty` was looked at and is blank, `degraded` may miss something. */
export type PageStatus = 'ok' | 'empty' | 'degraded'

/** Tokens that a model server charged for. */
export type Usage = { readonly promptTokens: number; readonly completionTokens: number }

/** Adds two usages, where there are any. */
export function sumOfUsage(left: Usage | null, right: Usage | null): Usage | null {
  if (left === null || right === null) return left ?? right
  return {
    promptTokens: left.promptTokens + right.promptTokens,
    completionTokens: left.completionTokens + right.completionTokens,
  }
}

/** A usage, or `null` where nothing was charged. */
export function usageOrNull({ promptTokens, completionTokens }: Usage): Usage | null {
  return promptTokens + completionTokens === 0 ? null : { promptTokens, completionTokens }
}

/** One recognized page as it is stored: the page JSON that results are assembled from. */
export type PageRecord = {
  readonly page: PageNumber
  readonly outcome: PageStatus
  /** The engine that read it: not the one that was asked for when that one was replaced. */
  readonly engine: string
  readonly widthPx: number
  readonly heightPx: number
  readonly dpi: number
  readonly text: string
  readonly markdown: string
  /** Of `blocks`; absent in records from before engines wrote Markdown: plain. */
  readonly markup?: Markup
  /** In reading order. */
  readonly blocks: readonly Block[]
  /** Crops of the blocks that are pictures, in their order; absent where there are none. */
  readonly pictures?: readonly BlobKey[]
  readonly warnings: readonly PageWarning[]
  readonly usage: Usage | null
  /** When it was read and at which attempt, from 1; absent in records from before this was noted. */
  readonly reading?: PageReading
}

/** How a page came to be read; epoch milliseconds. */
export type PageReading = {
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly attempt: number
}

/** A page that could not be delivered, and why. */
export type FailedPage = { readonly page: PageNumber; readonly code: FailureCode }
