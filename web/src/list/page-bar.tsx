import type { JSX } from 'preact'

import { hasEnded } from '../../../src/contract/document-status.ts'
import type { DocumentView } from '../model.ts'
import { segmentsOf } from './page-segments.ts'

/** The pages of a document as a bar: what was read, what failed, what is being read. */
export function PageBar({
  document,
  label,
}: {
  document: DocumentView
  label: string
}): JSX.Element {
  const { state, pages } = document
  const progress = hasEnded(state)
    ? { role: 'img' as const }
    : {
        role: 'progressbar' as const,
        'aria-valuemin': 0,
        'aria-valuemax': Math.max(1, pages.total),
        'aria-valuenow': pages.done,
        'aria-valuetext': label,
      }
  return (
    <div class="bar" aria-label={label} {...progress}>
      {segmentsOf(document).map(({ kind, pages: length }) => (
        <i class={kind} style={{ flexGrow: length }} />
      ))}
    </div>
  )
}
