import { hasEnded } from '../../../src/contract/document-status.ts'
import { explained } from '../i18n/explained.ts'
import { formatNumber } from '../i18n/language.ts'
import type { DocumentView } from '../model.ts'
import { listTexts } from './texts.ts'

/** What became of the pages of a document, in one line. */
export function pagesText({ state, failure, pages }: DocumentView): string {
  const words = listTexts.value
  if (failure) return explained(failure.code, failure.title).what
  if (pages.total === 0) return state === 'processing' ? words.opening : ''
  const parts = [
    hasEnded(state) && pages.done === pages.total
      ? words.pages(pages.total, formatNumber(pages.total))
      : words.pagesDone(formatNumber(pages.done), formatNumber(pages.total)),
  ]
  if (pages.failed > 0) parts.push(words.failedPages(formatNumber(pages.failed)))
  if (pages.degraded > 0) parts.push(words.degradedPages(formatNumber(pages.degraded)))
  return parts.join(' · ')
}
