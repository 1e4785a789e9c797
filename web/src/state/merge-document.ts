import { hasEnded, type DocumentState } from '../../../src/contract/document-status.ts'
import type { DocumentView } from '../model.ts'

/** A document never goes back to a state with a lower number. */
const ORDER: Readonly<Record<DocumentState, number>> = {
  queued: 0,
  processing: 1,
  cancelling: 2,
  completed: 3,
  failed: 3,
  cancelled: 3,
}

/**
 * What is known of a document after it was told of once more. What is told may be older than what is
 * known, or less: lists tell neither marks nor which pages are being read.
 */
export function mergeDocument(known: DocumentView, told: DocumentView): DocumentView {
  if (ORDER[told.state] < ORDER[known.state])
    return hasEnded(known.state) ? known : mergeDocument(known, { ...told, state: known.state })
  const isOver = hasEnded(told.state)
  const isOlder = !isOver && told.pages.done < known.pages.done
  const isExact = told.marks !== null || isOver
  return withoutEndedPages({
    ...told,
    engine: told.engine || known.engine,
    mediaType: told.mediaType ?? known.mediaType,
    sizeBytes: told.sizeBytes ?? known.sizeBytes,
    startedAtMs: told.startedAtMs ?? known.startedAtMs,
    pages: isOlder ? known.pages : told.pages,
    marks: isOver ? (told.marks ?? known.marks) : mergeMarks(known.marks, told.marks),
    selection: isOlder ? known.selection : (told.selection ?? known.selection),
    failedPages:
      told.failedPages.length < known.failedPages.length ? known.failedPages : told.failedPages,
    running: isExact || told.running.length > 0 ? told.running : known.running,
    queuedReason:
      isExact || told.pages.done > known.pages.done
        ? told.queuedReason
        : (told.queuedReason ?? known.queuedReason),
    runUrl: told.runUrl ?? known.runUrl,
  })
}

/** A page that has ended stays so. */
function mergeMarks(known: string | null, told: string | null): string | null {
  if (known === null || told === null || known.length !== told.length) return told ?? known
  if (known === told) return told
  return Array.from(told, (mark, place) => {
    const before = known.charAt(place)
    return before === '.' ? mark : before
  }).join('')
}

function withoutEndedPages(document: DocumentView): DocumentView {
  const { running, marks, selection } = document
  if (running.length === 0 || marks === null) return document
  const placeOf = (page: number): number => (selection ? selection.indexOf(page) : page - 1)
  const isRunning = (page: number): boolean => (marks[placeOf(page)] ?? '.') === '.'
  return { ...document, running: running.filter(({ page }) => isRunning(page)) }
}
