import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Client } from '@temporalio/client'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import type { ReplaySelection } from './replay-arguments.ts'

/** A history, as the SDK's types have it. */
type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>

/** One event of a history. */
export type HistoryEvent = NonNullable<History['events']>[number]

/** The history of one run; a document that went on as a new run has several. */
export type RecordedRun = {
  readonly workflowId: string
  /** `null`: of a file. */
  readonly runId: string | null
  readonly history: History
}

/** A history may have 50 MB. */
const FETCH_DEADLINE_MS = 60_000

/**
 * The runs of a selection, one after the other, each fetched when it is asked for.
 *
 * @throws {Error} one message per reason: a file that is no history, a workflow that is unknown, a server that does not answer
 */
export async function* recordedRuns(
  selection: ReplaySelection,
  client: Client,
): AsyncGenerator<RecordedRun> {
  switch (selection.kind) {
    case 'files':
      for (const path of selection.paths)
        yield { workflowId: basename(path), runId: null, history: await readHistory(path) }
      return
    case 'workflows':
      for (const workflowId of selection.workflowIds) {
        const runs = listRuns(client, `WorkflowId = "${workflowId}"`)
        let isKnown = false
        for await (const run of runs) {
          isKnown = true
          yield run
        }
        if (!isKnown) throw new Error(`Cannot replay ${workflowId}: Temporal does not know it`)
      }
      return
    case 'query':
      yield* listRuns(client, selection.query)
  }
}

async function readHistory(path: string): Promise<History> {
  try {
    const history: unknown = JSON.parse(await readFile(path, 'utf8'))
    return historyFromJSON(history)
  } catch {
    throw new Error(`Cannot replay ${path}: it is no history in JSON`)
  }
}

async function* listRuns(client: Client, query: string): AsyncGenerator<RecordedRun> {
  const within = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + FETCH_DEADLINE_MS, work)
  const listed = client.workflow.list({ query })[Symbol.asyncIterator]()
  for (;;) {
    const next = await within(() => listed.next())
    if (next.done) return
    const { workflowId, runId } = next.value
    const handle = client.workflow.getHandle(workflowId, runId)
    yield { workflowId, runId, history: await within(() => handle.fetchHistory()) }
  }
}
