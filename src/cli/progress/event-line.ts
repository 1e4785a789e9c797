import { counted, printable } from '../printable.ts'
import { adviceFor } from './advice.ts'
import type { RunEvent } from './run-event.ts'

/** How an ending is to be seen. */
export type Tone = 'good' | 'warning' | 'bad'

/** Failed pages that a line names. */
const NAMED_PAGES = 5

/** The line of an event that ends a document or part of it; `null` for those on the way. */
export function endingLine(event: RunEvent): { readonly text: string; readonly tone: Tone } | null {
  const label = printable(event.input)
  switch (event.event) {
    case 'result': {
      const { pages, failed_pages: failed, output } = event
      const where = output === null ? '' : ` -> ${printable(output)}`
      const pageText = counted(pages.total, 'page')
      if (failed.length === 0) return { text: `${label}: done, ${pageText}${where}`, tone: 'good' }
      const text = `${label}: ${failed.length} of ${pageText} failed (${failedPagesText(failed)})${where}`
      return { text, tone: 'warning' }
    }
    case 'failed': {
      const code = event.code === null ? '' : ` (${printable(event.code)})`
      const advice = adviceFor(event.code)
      const text = `${label}: failed: ${printable(event.message)}${code}`
      return { text: advice === null ? text : `${text}; ${advice}`, tone: 'bad' }
    }
    case 'cancelled':
      return { text: `${label}: cancelled`, tone: 'warning' }
    case 'submitted':
    case 'document':
    case 'page':
    case 'retry':
      return null
  }
}

function failedPagesText(failed: readonly { page: number; code: string }[]): string {
  const named = failed
    .slice(0, NAMED_PAGES)
    .map(({ page, code }) => `page ${page}: ${printable(code)}`)
  const more = failed.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
