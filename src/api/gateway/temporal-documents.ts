import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import type { ProcessDocumentInput } from '../../contract/document.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { PROCESS_DOCUMENT, PROGRESS_QUERY, workflowIdFor } from '../../contract/names.ts'
import type { ProgressAnswer } from '../../contract/progress.ts'
import {
  isStoreFull,
  toDocumentRun,
  toPagesUnderWay,
  toStartedSteps,
  type DocumentRun,
} from './document-run.ts'
import { temporalError } from './temporal-failure.ts'

const CALL_DEADLINE_MS = 2000
/** A worker may be at work on the run; without one, Temporal holds a query until its deadline. */
const QUERY_DEADLINE_MS = 1500

const LISTED = {
  isCancelRequested: false,
  pagesUnderWay: [],
  startedSteps: null,
  isStoreFull: false,
}

/** A page of a list of runs. */
export type RunList = {
  readonly runs: readonly DocumentRun[]
  readonly nextToken: Uint8Array | null
}

/** What is needed to start a document's workflow. */
export type StartOptions = {
  readonly taskQueue: string
  readonly memo: Readonly<Record<string, unknown>>
  readonly searchAttributes: Readonly<Record<string, string>>
  /** Read by everybody who may open the Temporal UI. */
  readonly summary: string
  /** The same, longer: Markdown. */
  readonly details: string
}

/** The calls to Temporal that concern documents, each with a deadline. */
export type TemporalDocuments = {
  /** @throws {OcrError} `SERVICE_UNAVAILABLE` */
  describe(documentId: DocumentId): Promise<DocumentRun | null>
  /**
   * Runs in visibility, the newest first; eventually consistent.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`
   */
  list(query: string, pageSize: number, token?: Uint8Array): Promise<RunList>
  /**
   * Counts runs in visibility; eventually consistent.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`
   */
  count(query: string): Promise<number>
  /**
   * Waits for the end of a run, however it ends, and of those that it went on as.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`; the reason of `signal`
   */
  awaitEnd(documentId: DocumentId, signal: AbortSignal): Promise<void>
  /** Exact progress, from a worker; `null` when none answers in time or the run has ended. */
  progress(documentId: DocumentId): Promise<ProgressAnswer | null>
  /** @throws {OcrError} `SERVICE_UNAVAILABLE` */
  requestCancel(documentId: DocumentId): Promise<void>
  /**
   * Starts the workflow, or finds it started; either way it is Temporal's when this returns.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`: started or not, nobody knows
   */
  start(input: ProcessDocumentInput, options: StartOptions): Promise<void>
}

/** Wraps the client. */
export function createTemporalDocuments(client: Client): TemporalDocuments {
  const call = async <T>(action: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + CALL_DEADLINE_MS, work)
    } catch (error) {
      throw temporalError(action, error)
    }
  }
  const handleOf = (documentId: DocumentId) => client.workflow.getHandle(workflowIdFor(documentId))

  return {
    async describe(documentId) {
      try {
        const { raw } = await call('describe a document', () => handleOf(documentId).describe())
        return toDocumentRun(raw.workflowExecutionInfo ?? {}, {
          isCancelRequested: raw.workflowExtendedInfo?.cancelRequested === true,
          pagesUnderWay: toPagesUnderWay(raw.pendingActivities ?? []),
          startedSteps: toStartedSteps(raw.pendingActivities ?? []),
          isStoreFull: isStoreFull(raw.pendingActivities ?? []),
        })
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null
        throw error
      }
    },

    async list(query, pageSize, token) {
      const answer = await call('list documents', () =>
        client.workflowService.listWorkflowExecutions({
          namespace: client.options.namespace,
          query,
          pageSize,
          nextPageToken: token ?? new Uint8Array(),
        }),
      )
      const runs = answer.executions.flatMap((raw) => toDocumentRun(raw, LISTED) ?? [])
      return { runs, nextToken: answer.nextPageToken?.length ? answer.nextPageToken : null }
    },

    async count(query) {
      const { count } = await call('count documents', () =>
        client.workflowService.countWorkflowExecutions({
          namespace: client.options.namespace,
          query,
        }),
      )
      return Number(count)
    },

    async awaitEnd(documentId, signal) {
      try {
        await client.withAbortSignal(signal, () => handleOf(documentId).result())
      } catch (error) {
        signal.throwIfAborted()
        // How it ended is told by its status; a run that is unknown has none.
        if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return
        throw temporalError('await a document', error)
      }
    },

    async progress(documentId) {
      try {
        return await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, () =>
          handleOf(documentId).query<ProgressAnswer>(PROGRESS_QUERY),
        )
      } catch {
        // No worker, an ended run, a busy one: whoever asked has the memo's counts instead.
        return null
      }
    },

    async requestCancel(documentId) {
      try {
        await call('cancel a document', () => handleOf(documentId).cancel())
      } catch (error) {
        // It ended meanwhile and was forgotten; whoever asked looks again.
        if (!(error instanceof WorkflowNotFoundError)) throw error
      }
    },

    async start(input, { taskQueue, memo, searchAttributes, summary, details }) {
      const typedSearchAttributes: SearchAttributePair[] = Object.entries(searchAttributes).map(
        ([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value }),
      )
      try {
        await call('start a document', () =>
          client.workflow.start(PROCESS_DOCUMENT, {
            taskQueue,
            workflowId: workflowIdFor(input.documentId),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            args: [input],
            memo: { ...memo },
            typedSearchAttributes,
            ...(input.fairnessKey === undefined
              ? {}
              : { priority: { fairnessKey: input.fairnessKey } }),
            staticSummary: summary,
            staticDetails: details,
          }),
        )
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      }
    },
  }
}
