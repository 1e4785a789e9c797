import type { JSX } from 'preact'

import { formatDuration } from '../i18n/format-times.ts'
import type { DocumentView } from '../model.ts'
import { now } from './clock.ts'
import { notePace, type Pace, remainingMs } from './pace.ts'
import { listTexts } from './texts.ts'

/** How long a document took, or has run and still will. Redrawn alone while the seconds pass. */
export function RunTime({ document }: { document: DocumentView }): JSX.Element {
  return <time>{runTimeText(document)}</time>
}

/** By document, because rows come and go as one scrolls. */
const paces = new Map<string, Pace>()

function runTimeText(document: DocumentView): string | null {
  const { id, startedAtMs, endedAtMs, state, pages } = document
  if (endedAtMs !== null) paces.delete(id)
  if (startedAtMs === null) return null
  if (endedAtMs !== null) return listTexts.value.took(formatDuration(endedAtMs - startedAtMs))
  if (state !== 'processing') return null
  const pace = notePace(paces.get(id), pages.done, now.value)
  paces.set(id, pace)
  const left = remainingMs(document, pace, now.value)
  const elapsed = formatDuration(now.value - startedAtMs)
  return left === null ? elapsed : `${elapsed} · ${listTexts.value.left(formatDuration(left))}`
}
