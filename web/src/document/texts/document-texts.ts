import type { BlockCategory } from '../../../../src/contract/page.ts'
import type { PageState } from '../page-state.ts'

/** The words of the document view. Counts and page numbers arrive formatted. */
export type DocumentTexts = {
  readonly missing: string
  readonly unnamed: string
  readonly pagesRead: (done: string, total: string) => string
  readonly run: string
  readonly code: string
  readonly queued: (reason: string) => string
  // What can be had of the whole document.
  readonly toolbar: string
  readonly copyText: string
  readonly copyMarkdown: string
  readonly download: string
  readonly zip: string
  readonly zipping: string
  readonly copied: string
  readonly failed: string
  readonly notReady: string
  readonly noResult: string
  // The page strip.
  readonly pages: string
  readonly pageState: Readonly<Record<PageState['kind'], string>>
  readonly tile: (page: string, state: string) => string
  readonly previousPage: string
  readonly nextPage: string
  readonly goToPage: string
  readonly ofPages: (total: string) => string
  // The page.
  readonly page: (page: string) => string
  readonly image: (page: string) => string
  readonly noImage: string
  readonly imageFailed: string
  readonly opening: string
  readonly waiting: string
  readonly reading: string
  readonly attempt: (attempt: string) => string
  readonly unread: string
  readonly outside: string
  readonly empty: string
  readonly degraded: string
  readonly noticed: string
  readonly pageFailed: string
  readonly loading: string
  readonly loadFailed: string
  readonly tryAgain: string
  readonly copyPage: string
  readonly engine: (engine: string) => string
  // Image tools.
  readonly zoomIn: string
  readonly zoomOut: string
  readonly fit: string
  readonly boxes: string
  readonly box: (category: string, place: string) => string
  readonly category: Readonly<Record<BlockCategory, string>>
  // Tabs.
  readonly views: string
  readonly preview: string
  readonly markdown: string
  readonly json: string
  readonly cut: string
  readonly picture: string
  readonly keys: string
}
