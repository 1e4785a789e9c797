import { detailsTable, type DetailsRow } from '../contract/details-table.ts'
import type { ProcessDocumentInput } from '../contract/document.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import { workflowIdFor } from '../contract/names.ts'
import type { FailedPage } from '../contract/page.ts'
import type { Progress } from '../contract/progress.ts'

/** Rows of either list of pages: with them the text stays under 8 KB, however long the document. */
export const MAX_LISTED_PAGES = 50

/** What the text is made of. */
export type RunState = {
  readonly input: Pick<ProcessDocumentInput, 'documentId' | 'engineQueue' | 'cpuQueue'>
  readonly progress: Progress
  /** Pages in a lane, with the step each is at. */
  readonly underWay: ReadonlyMap<PageNumber, string>
  /** At least the first {@link MAX_LISTED_PAGES} of them, if there are so many. */
  readonly failed: readonly FailedPage[]
  readonly startedAtMs: number
  /** Time of the run: only a worker that replays it knows it. */
  readonly nowMs: number
}

/**
 * What the Temporal UI shows of a run beside its events, as Markdown: where it is, which pages are under
 * way, which failed and why, and what an operator can do. Of bounded size; a page of it holds numbers and codes only.
 */
export function currentDetails(state: RunState): string {
  return [
    progressTable(state),
    // A deadline or a cancel leaves pages behind that nobody waits for any more.
    state.progress.phase === 'recognizing' ? underWayTable(state.underWay) : null,
    failedTable(state.failed, state.progress.failedPages),
    `**What can be done**\n\n${advice(state)
      .map((line) => `- ${line}`)
      .join('\n')}`,
  ]
    .filter((part) => part !== null)
    .join('\n\n')
}

function progressTable({ progress, startedAtMs, nowMs }: RunState): string {
  const { phase, failureCode, totalPages, donePages } = progress
  const { okPages, emptyPages, degradedPages, failedPages } = progress
  const seconds = Math.max(0, Math.round((nowMs - startedAtMs) / 1000))
  return detailsTable([
    ['phase', failureCode === null ? phase : `${phase}: \`${failureCode}\``],
    ['pages done', `${donePages} of ${totalPages === 0 ? '?' : totalPages}`],
    [
      'of those',
      `${okPages} ok, ${emptyPages} empty, ${degradedPages} degraded, ${failedPages} failed`,
    ],
    ['seconds', `${seconds}, as of ${new Date(nowMs).toISOString().slice(0, 19)}Z`],
  ])
}

function underWayTable(underWay: ReadonlyMap<PageNumber, string>): string | null {
  if (underWay.size === 0) return null
  const rows = [...underWay]
    .slice(0, MAX_LISTED_PAGES)
    .map(([page, step]) => [`${page}`, step] as const)
  return detailsTable(
    [...rows, ...moreThan(rows.length, underWay.size)],
    ['page under way', 'step'],
  )
}

function failedTable(failed: readonly FailedPage[], count: number): string | null {
  if (count === 0) return null
  const rows = failed
    .slice(0, MAX_LISTED_PAGES)
    .toSorted((a, b) => a.page - b.page)
    .map(({ page, code }) => [`${page}`, `\`${code}\``] as const)
  return detailsTable([...rows, ...moreThan(rows.length, count)], ['page that failed', 'code'])
}

function moreThan(listed: number, count: number): DetailsRow[] {
  return count > listed ? [['…', `${count - listed} more`]] : []
}

function advice({ input, progress }: RunState): string[] {
  const { documentId, engineQueue, cpuQueue } = input
  const stop =
    `Stop it: \`temporal workflow cancel --workflow-id ${workflowIdFor(documentId)}\`; ` +
    'finished pages stay readable.'
  switch (progress.phase) {
    case 'inspecting':
    case 'assembling':
      return [`Nothing moves? ${whoPolls(cpuQueue)}`, stop]
    case 'recognizing':
      return [
        `Nothing moves? ${whoPolls(engineQueue)}`,
        'A page that is tried again has its last failure under Pending Activities; `docs/errors.md` has the codes.',
        stop,
      ]
    case 'completed':
      if (progress.failedPages === 0) return ['Nothing.']
      return [again(documentId, 'The pages that were read are found in the store.')]
    case 'failed':
    case 'cancelled':
      return [again(documentId, 'Pages that were read are found in the store.')]
  }
}

function whoPolls(queue: string): string {
  return `See whether a worker polls: \`temporal task-queue describe --task-queue ${queue}\`.`
}

function again(documentId: string, consequence: string): string {
  return `Run it again, as a new document: \`POST /v1/documents/${documentId}/rerun\`. ${consequence}`
}
