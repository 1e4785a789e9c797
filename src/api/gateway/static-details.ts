import { detailsTable, type DetailsRow } from '../../contract/details-table.ts'
import type { DocumentRequest, ProcessDocumentInput } from '../../contract/document.ts'
import type { TaskQueue } from '../../contract/names.ts'
import { formatPageRanges, type PageRange } from '../../contract/page-ranges.ts'

/** Longest page selection that is shown, in characters; one may have 200 parts. */
const MAX_SELECTION_LENGTH = 80

/** What the details are made of. */
export type StaticDetailsOptions = {
  readonly input: ProcessDocumentInput
  readonly request: DocumentRequest
  /** Where the workflow runs. */
  readonly documentsQueue: TaskQueue
  /** Origin of the api; `null`: not known. */
  readonly publicUrl: string | null
}

/*
 * Both texts are read by everybody who may open the Temporal UI: no file name, no URL of a stranger, no
 * text of a document.
 */

/** One line about a document for lists of runs: format, engine and pages asked for; at most 200 bytes. */
export function staticSummary({ mediaType, engine, pages }: DocumentRequest): string {
  return [mediaType ?? 'file to fetch', engine, selectionOf(pages)].join(' · ')
}

/** What is settled about a run when it starts, as a Markdown table; at most 20 KB. */
export function staticDetails(options: StaticDetailsOptions): string {
  const table = detailsTable([...workRows(options), ...limitRows(options)])
  return `${table}\n\n${placesOf(options)
    .map((place) => `- ${place}`)
    .join('\n')}`
}

function workRows({ input, request, documentsQueue }: StaticDetailsOptions): DetailsRow[] {
  const { engine, engineQueue, fallback, ladder, cpuQueue } = input
  return [
    ['came in by', request.dialect],
    ['pages asked for', selectionOf(request.pages)],
    ['engine', `${engine}, queue \`${engineQueue}\``],
    [
      'when an answer is nonsense',
      (ladder ?? ['default']).slice(1).join(', then ') || 'no other try',
    ],
    ...(fallback
      ? [
          [
            'engine that takes over',
            `${fallback.engine}, queue \`${fallback.engineQueue}\``,
          ] as const,
        ]
      : []),
    ['other steps', `queue \`${cpuQueue}\`; the workflow itself: \`${documentsQueue}\``],
  ]
}

function limitRows({ input, request }: StaticDetailsOptions): DetailsRow[] {
  const { windowPages, deadlineAtMs, maxRetries } = input
  return [
    ['pages under way at once', `at most ${windowPages}`],
    ['pages of the file', `at most ${request.maxPages}`],
    ['resolution', `${request.dpi} dpi`],
    ['deadline', deadlineAtMs === null ? 'none' : new Date(deadlineAtMs).toISOString()],
    ...(maxRetries === undefined ? [] : [['retries of a page', `${maxRetries}`] as const]),
  ]
}

/** No rows of the table: keys are long, do not break, and would push everything out of sight. */
function placesOf({ input, request, publicUrl }: StaticDetailsOptions): string[] {
  const { documentId, documentSha256 } = input
  return [
    `request, manifest and results: \`documents/${documentId}/\``,
    ...(documentSha256 === null
      ? ['file: to be fetched']
      : [`file: \`blobs/${documentSha256}\``, `page files: \`pages/${documentSha256}/\``]),
    // Documents of an account are shown to it only.
    ...(publicUrl === null || request.owner !== null
      ? []
      : [`status: <${publicUrl.replace(/\/$/, '')}/v1/documents/${documentId}>`]),
  ]
}

function selectionOf(pages: readonly PageRange[] | null): string {
  if (pages === null) return 'all pages'
  const text = formatPageRanges(pages)
  const isLong = text.length > MAX_SELECTION_LENGTH
  const shown = isLong ? `${text.slice(0, MAX_SELECTION_LENGTH)}…` : text
  return `${/^\d+$/.test(text) ? 'page' : 'pages'} ${shown}`
}
