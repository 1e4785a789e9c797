import type { DocumentState, DocumentStatus } from '../../contract/document-status.ts'
import { PROCESS_DOCUMENT, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import { OcrError } from '../../platform/errors.ts'
import { decodeCursor, encodeCursor } from './list-cursor.ts'
import type { StatusReader } from './read-status.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

/** Which documents are wanted. */
export type ListQuery = {
  /** 1 to 1,000. */
  readonly limit: number
  /** From the answer before; `null`: the newest. */
  readonly cursor: string | null
  readonly state?: DocumentState
  readonly owner?: string
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
const EXECUTION_STATUS: Readonly<Record<DocumentState, string>> = {
  queued: "ExecutionStatus = 'Running'",
  processing: "ExecutionStatus = 'Running'",
  cancelling: "ExecutionStatus = 'Running'",
  completed: "ExecutionStatus = 'Completed'",
  failed: "ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')",
  cancelled: "ExecutionStatus = 'Canceled'",
}

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
    documents: query.state ? documents.filter((status) => status.state === query.state) : documents,
    nextCursor: nextToken === null ? null : encodeCursor(secret, nextToken),
  }
}

function visibilityQuery({ state, owner }: ListQuery): string {
  const terms = [
    `WorkflowType = '${PROCESS_DOCUMENT}'`,
    // One row per document, whatever number of runs it took.
    state ? EXECUTION_STATUS[state] : "ExecutionStatus != 'ContinuedAsNew'",
  ]
  if (owner !== undefined) {
    // The query language has no parameters; an owner is an opaque name of ours, never free text.
    if (!/^[\w.:@-]{1,200}$/.test(owner)) throw malformed('the owner is no name')
    terms.push(`${SEARCH_ATTRIBUTE.owner} = '${owner}'`)
  }
  return terms.join(' AND ')
}

function malformed(why: string): OcrError {
  return new OcrError('REQUEST_MALFORMED', `Cannot list documents: ${why}`)
}
