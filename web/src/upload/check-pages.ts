import { parsePageRanges } from '../../../src/contract/page-ranges.ts'

/** Whether what is written for pages names none; sent like that, the whole document would be read. */
export function hasWrongPages({ pages }: { readonly pages: string | null }): boolean {
  return pages !== null && pages.trim() !== '' && parsePageRanges(pages) === null
}
