import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { ProcessDocumentInput } from '../../src/contract/document.ts'
import type { DocumentId } from '../../src/contract/identifiers.ts'
import { documentIdOf, MEMO, workflowIdFor } from '../../src/contract/names.ts'
import type { Progress, ProgressAnswer } from '../../src/contract/progress.ts'

// temporal.api.enums.v1.WorkflowExecutionStatus
const STATUS = { running: 1, completed: 2, failed: 3, cancelled: 4, terminated: 5, continued: 6 }

/** A workflow of the fake. */
export type FakeRun = {
  state: keyof typeof STATUS
  progress?: Progress
  exact?: ProgressAnswer
  isCancelRequested?: boolean
  startedAtMs?: number
  /** Activities that have not ended, as Temporal tells them. */
  activities?: readonly FakeActivity[]
  /** Not in visibility yet. */
  isUnlisted?: boolean
}

/** An activity of a run of the fake. */
export type FakeActivity = {
  readonly activityId: string
  readonly attempt: number
  /** 2: a worker is at it. */
  readonly state?: number
  readonly lastFailure?: { readonly applicationFailureInfo: { readonly type: string } }
}

/** Options that a workflow is started with, as far as tests look at them. */
export type FakeStart = {
  readonly workflowId: string
  readonly args?: readonly ProcessDocumentInput[]
  readonly priority?: { readonly fairnessKey?: string }
  readonly typedSearchAttributes?: readonly {
    readonly key: { readonly name: string }
    readonly value: unknown
  }[]
}

/** How often the fake was called, and how many calls were under way at most. */
export type FakeCalls = {
  describe: number
  list: number
  query: number
  pollers: number
  cancel: number
  start: number
  describesAtOnce: number
}

/**
 * A Temporal of one process for the gateway: runs by document, rows of visibility, pollers, and a
 * failure that all calls meet.
 */
export class FakeTemporal {
  readonly runs = new Map<DocumentId, FakeRun>()
  /** Rows of earlier runs of the same document. */
  readonly olderRuns = new Map<DocumentId, FakeRun>()
  readonly calls: FakeCalls = {
    describe: 0,
    list: 0,
    query: 0,
    pollers: 0,
    cancel: 0,
    start: 0,
    describesAtOnce: 0,
  }
  hasPollers = true
  /** Where it differs from {@link hasPollers}. */
  hasWorkflowPollers: boolean | null = null
  /** Queries of visibility, counts included. */
  readonly queries: string[] = []
  /** What waits in every queue of activities. */
  backlog = { depth: 0, dispatchedPerSecond: 0 }
  /** What workflows were started with. */
  readonly starts: FakeStart[] = []
  failure: Error | null = null
  /** Called for each start; throws to fail it. */
  onStart: () => void | Promise<void> = () => undefined
  #describing = 0

  /** Looks like the SDK's client, as far as the gateway uses it. */
  get client(): Client {
    const client = {
      options: { namespace: 'default' },
      withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
      workflow: {
        getHandle: (workflowId: string) => this.#handle(workflowId),
        start: async (_type: string, { workflowId, ...options }: FakeStart) => {
          this.calls.start++
          this.starts.push({ workflowId, ...options })
          this.#fail()
          await this.onStart()
          const id = documentIdOf(workflowId)
          if (id && !this.runs.has(id)) this.runs.set(id, { state: 'running' })
          return { workflowId }
        },
      },
      workflowService: {
        listWorkflowExecutions: async ({ query }: { query: string }) => {
          this.calls.list++
          this.queries.push(query)
          await Promise.resolve()
          this.#fail()
          const rows = [...this.runs, ...this.olderRuns].filter(
            ([id, run]) =>
              !run.isUnlisted && (query.includes(id) || !query.includes('WorkflowId IN (')),
          )
          const executions = rows.map(([id, run]) => rawRun(workflowIdFor(id), run))
          return { executions, nextPageToken: new Uint8Array() }
        },
        countWorkflowExecutions: async ({ query }: { query: string }) => {
          this.queries.push(query)
          await Promise.resolve()
          this.#fail()
          return { count: [...this.runs.values()].filter((run) => isCounted(run, query)).length }
        },
        describeNamespace: () => Promise.resolve({}),
        describeTaskQueue: ({ taskQueueType }: { taskQueueType: number }) => {
          this.calls.pollers++
          const isPolled =
            taskQueueType === 1 ? (this.hasWorkflowPollers ?? this.hasPollers) : this.hasPollers
          const seconds = Math.floor(Date.now() / 1000) - (isPolled ? 1 : 200)
          const { depth, dispatchedPerSecond } = this.backlog
          const stats = {
            approximateBacklogCount: depth,
            tasksDispatchRate: dispatchedPerSecond,
          }
          return Promise.resolve({ pollers: [{ lastAccessTime: { seconds } }], stats })
        },
      },
    }
    // The rest of the client is not used; a new use fails loudly.
    return client as unknown as Client
  }

  #handle(workflowId: string) {
    const find = (): FakeRun => {
      this.#fail()
      const id = documentIdOf(workflowId)
      const run = id && this.runs.get(id)
      if (!run) throw new WorkflowNotFoundError('not found', workflowId, undefined)
      return run
    }
    return {
      describe: async () => {
        this.calls.describe++
        this.calls.describesAtOnce = Math.max(this.calls.describesAtOnce, ++this.#describing)
        await new Promise((resolve) => setImmediate(resolve))
        this.#describing--
        const run = find()
        const workflowExtendedInfo = { cancelRequested: run.isCancelRequested === true }
        return {
          raw: {
            workflowExecutionInfo: rawRun(workflowId, run),
            workflowExtendedInfo,
            pendingActivities: run.activities ?? [],
          },
        }
      },
      query: () => {
        this.calls.query++
        const { exact } = find()
        return exact ? Promise.resolve(exact) : Promise.reject(new Error('no worker'))
      },
      cancel: () => {
        this.calls.cancel++
        const run = find()
        run.isCancelRequested = true
        if (this.hasPollers) run.state = 'cancelled'
        return Promise.resolve()
      },
    }
  }

  #fail(): void {
    if (this.failure) throw this.failure
  }
}

/** As far as the fake reads queries: by state, and by phase of an open run. */
function isCounted(run: FakeRun, query: string): boolean {
  const isOpen = query.includes("'Running'")
  if (isOpen) {
    const isWaiting = run.progress?.phase === undefined || run.progress.phase === 'inspecting'
    return run.state === 'running' && (isWaiting || !query.includes('OcrPhase'))
  }
  const word = { completed: 'Completed', failed: 'Failed', cancelled: 'Canceled' }
  return Object.entries(word).some(([state, name]) => run.state === state && query.includes(name))
}

function rawRun(workflowId: string, run: FakeRun) {
  const progress = run.progress && defaultPayloadConverter.toPayload(run.progress)
  return {
    execution: { workflowId },
    status: STATUS[run.state],
    startTime: { seconds: (run.startedAtMs ?? 5000) / 1000, nanos: 0 },
    closeTime: run.state === 'running' ? null : { seconds: 60, nanos: 0 },
    memo: { fields: progress ? { [MEMO.progress]: progress } : {} },
  }
}
