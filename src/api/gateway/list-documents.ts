import type { Dialect } from '../../contract/document.ts'
import {
  hasEnded,
  type DocumentState,
  type DocumentStatus,
} from '../../contract/document-status.ts'
import { PROCESS_DOCUMENT, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import { OcrError } from '../../platform/errors.ts'
import { decodeCursor, encodeCursor } from './list-cursor.ts'
import type { StatusReader } from './read-status.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

/** Which documents are meant. */
export type DocumentFilter = {
  /** `open`: not ended, whatever its state. */
  readonly state?: DocumentState | 'open'
  readonly dialect?: Dialect
  /** `null`: those that nobody owns. */
  readonly owner?: string | null
  readonly format?: 'image' | 'pdf'
}

/** Which documents are wanted. */
export type ListQuery = DocumentFilter & {
  /** 1 to 1,000. */
  readonly limit: number
  /** From the answer before; `null`: the newest. */
  readonly cursor: string | null
}

/** Numbers of documents. */
export type DocumentCounts = {
  /** Accepted, and not yet opened by a worker. */
  readonly waiting: number
  readonly running: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

/** A page of the list. It may hold fewer documents than asked for although more follow. */
export type DocumentList = {
  readonly documents: readonly DocumentStatus[]
  readonly nextCursor: string | null
}

/** What listing works with. */
export type ListDependencies = {
  readonly temporal: TemporalDocuments
  readonly statuses: StatusReader
  /** Signs cursors. */
  readonly secret: string | Buffer
}

/** How Temporal's visibility calls a state; states of an open run are told apart afterwards. */
const EXECUTION_STATUS: Readonly<Record<DocumentState | 'open', string>> = {
  open: "ExecutionStatus = 'Running'",
  queued: "ExecutionStatus = 'Running'",
  processing: "ExecutionStatus = 'Running'",
  cancelling: "ExecutionStatus = 'Running'",
  completed: "ExecutionStatus = 'Completed'",
  failed: "ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')",
  cancelled: "ExecutionStatus = 'Canceled'",
}

/** What counts against an owner: what failed or was cancelled does not. */
const COUNTED = "ExecutionStatus IN ('Running', 'Completed')"

const LIST_PAGE = 1000

/**
 * Lists documents, the newest first, as long as Temporal keeps them. Eventually consistent: a
 * document appears within a second or so of its start.
 *
 * @throws {OcrError} `REQUEST_MALFORMED` for a cursor or an owner that cannot be; `SERVICE_UNAVAILABLE`,
 *   `STORAGE_UNAVAILABLE`
 */
export async function listDocuments(
  { temporal, statuses, secret }: ListDependencies,
  query: ListQuery,
): Promise<DocumentList> {
  const token = query.cursor === null ? undefined : decodeCursor(secret, query.cursor)
  if (token === null) throw malformed('the cursor is none of ours')
  const { runs, nextToken } = await temporal.list(visibilityQuery(query), query.limit, token)
  const documents = await statuses.ofRuns(runs)
  return {
    documents: documents.filter((status) => isAskedFor(status, query.state)),
    nextCursor: nextToken === null ? null : encodeCursor(secret, nextToken),
  }
}

/** States of an open run are told apart here only. */
function isAskedFor(status: DocumentStatus, state: ListQuery['state']): boolean {
  if (state === undefined) return true
  return state === 'open' ? !hasEnded(status.state) : status.state === state
}

/**
 * Counts documents by state. Eventually consistent, like the list.
 *
 * @throws {OcrError} `REQUEST_MALFORMED`, `SERVICE_UNAVAILABLE`
 */
export async function countDocuments(
  { temporal }: Pick<ListDependencies, 'temporal'>,
  filter: DocumentFilter,
): Promise<DocumentCounts> {
  const count = (state: DocumentState, ...terms: readonly string[]): Promise<number> =>
    temporal.count([visibilityQuery({ ...filter, state }), ...terms].join(' AND '))
  const [waiting, open, completed, failed, cancelled] = await Promise.all([
    count('queued', `${SEARCH_ATTRIBUTE.phase} = 'inspecting'`),
    count('processing'),
    count('completed'),
    count('failed'),
    count('cancelled'),
  ])
  return { waiting, running: Math.max(0, open - waiting), completed, failed, cancelled }
}

/**
 * Pages of an owner's documents that are open or completed; one of which nothing is known yet counts
 * as one page.
 *
 * @throws {OcrError} `REQUEST_MALFORMED`, `SERVICE_UNAVAILABLE`
 */
export async function pagesOfOwner(
  { temporal }: Pick<ListDependencies, 'temporal'>,
  owner: string,
): Promise<number> {
  const query = `${visibilityQuery({ owner })} AND ${COUNTED}`
  let pages = 0
  let token: Uint8Array | undefined
  do {
    const { runs, nextToken } = await temporal.list(query, LIST_PAGE, token)
    for (const { progress } of runs) pages += Math.max(1, progress?.totalPages ?? 0)
    token = nextToken ?? undefined
  } while (token !== undefined)
  return pages
}

function visibilityQuery({ state, owner, dialect, format }: DocumentFilter): string {
  const terms = [
    `WorkflowType = '${PROCESS_DOCUMENT}'`,
    // One row per document, whatever number of runs it took.
    state ? EXECUTION_STATUS[state] : "ExecutionStatus != 'ContinuedAsNew'",
  ]
  if (dialect !== undefined) terms.push(`${SEARCH_ATTRIBUTE.dialect} = '${dialect}'`)
  if (format !== undefined) terms.push(`${SEARCH_ATTRIBUTE.format} = '${format}'`)
  if (owner === null) terms.push(`${SEARCH_ATTRIBUTE.owner} IS NULL`)
  else if (owner !== undefined) {
    // The query language has no parameters; an owner is an opaque name of ours, never free text.
    if (!/^[\w.:@-]{1,200}$/.test(owner)) throw malformed('the owner is no name')
    terms.push(`${SEARCH_ATTRIBUTE.owner} = '${owner}'`)
  }
  return terms.join(' AND ')
}

function malformed(why: string): OcrError {
  return new OcrError('REQUEST_MALFORMED', `Cannot list documents: ${why}`)
}
