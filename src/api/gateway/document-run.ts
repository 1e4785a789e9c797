import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import type { DescribeWorkflowExecutionResponse } from '@temporalio/client'
import type { PageUnderWay } from '../../contract/document-status.ts'
import { isFailureCode } from '../../contract/failures.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { documentIdOf, MEMO } from '../../contract/names.ts'
import type { Progress } from '../../contract/progress.ts'

/** How a run stands. A run that went on as a new one is no longer looked at. */
export type RunState =
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timedOut'
  | 'continued'

/** A step that a worker has taken: one that reads a page, or another. */
export type StartedStep = 'page' | 'other'

/** What Temporal says of a document without asking a worker. */
export type DocumentRun = {
  readonly documentId: DocumentId
  readonly state: RunState
  /** Not known from a list, where it is `false`. */
  readonly isCancelRequested: boolean
  /** Not known from a list, where it is empty. */
  readonly pagesUnderWay: readonly PageUnderWay[]
  /** Steps that a worker is at now. Not known from a list, where it is `null`. */
  readonly startedSteps: readonly StartedStep[] | null
  /** A step was refused for lack of room, and will be tried again. Not known from a list: `false`. */
  readonly isStoreFull: boolean
  /** `null` before the workflow's first step. */
  readonly progress: Progress | null
  readonly startedAtMs: number
  readonly endedAtMs: number | null
}

/** A row of Temporal's lists, as it comes over the wire. */
export type RawRun = NonNullable<DescribeWorkflowExecutionResponse['workflowExecutionInfo']>

/** What only a look at one run tells. */
export type RunDetails = Pick<
  DocumentRun,
  'isCancelRequested' | 'pagesUnderWay' | 'startedSteps' | 'isStoreFull'
>

/** Activities of a run that have not ended, as they come over the wire. */
export type RawActivities = NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>

// temporal.api.enums.v1.PendingActivityState
const PENDING_STARTED = 2

// temporal.api.enums.v1.WorkflowExecutionStatus
const STATES: Readonly<Record<number, RunState>> = {
  1: 'running',
  2: 'completed',
  3: 'failed',
  4: 'cancelled',
  5: 'terminated',
  6: 'continued',
  7: 'timedOut',
  // PAUSED by an operator, who will let it go on.
  8: 'running',
}

/** Reads a row; `null` when it is not the workflow of a document. */
export function toDocumentRun(raw: RawRun, details: RunDetails): DocumentRun | null {
  const documentId = documentIdOf(raw.execution?.workflowId ?? '')
  const state = STATES[raw.status ?? 0]
  if (documentId === null || state === undefined) return null
  return {
    documentId,
    state,
    ...details,
    progress: toProgress(memoOf(raw, MEMO.progress)),
    startedAtMs: toMs(raw.startTime) ?? 0,
    endedAtMs: toMs(raw.closeTime),
  }
}

/** The steps of a run that a worker is at; one that died is noticed by its missing heartbeat. */
export function toStartedSteps(activities: RawActivities): StartedStep[] {
  return activities
    .filter(({ state }) => state === PENDING_STARTED)
    .map(({ activityId }) => (activityId?.startsWith('page-') ? 'page' : 'other'))
}

/** Tells whether an activity waits because its last attempt found the store, or a worker's disk, full. */
export function isStoreFull(activities: RawActivities): boolean {
  return activities.some(
    ({ state, lastFailure }) =>
      state !== PENDING_STARTED && lastFailure?.applicationFailureInfo?.type === 'STORAGE_FULL',
  )
}

/** The pages among the activities of a run: `page-17`, or a step of its ladder `page-17-resample`. */
export function toPagesUnderWay(activities: RawActivities): PageUnderWay[] {
  return activities.flatMap((activity) => {
    const page = /^page-(\d{1,6})(?:-|$)/.exec(activity.activityId ?? '')?.[1]
    if (page === undefined) return []
    const type = activity.lastFailure?.applicationFailureInfo?.type
    return {
      page: Number(page),
      attempt: Math.max(1, activity.attempt ?? 1),
      lastFailure: isFailureCode(type) ? type : null,
    }
  })
}

function memoOf(raw: RawRun, key: string): unknown {
  const payload: Payload | undefined = raw.memo?.fields?.[key]
  return payload ? defaultPayloadConverter.fromPayload(payload) : null
}

function toProgress(memo: unknown): Progress | null {
  if (typeof memo !== 'object' || memo === null || !('phase' in memo)) return null
  // Written by our workflow only; the phase tells it from the memo of somebody else.
  return memo as Progress
}

function toMs(time: RawRun['startTime']): number | null {
  return time ? Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : null
}
