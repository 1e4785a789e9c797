import type { ActivityOptions } from '@temporalio/workflow'

/*
 * Every timeout and retry policy, in one place. Start-to-close covers one attempt of work, the
 * heartbeat finds a dead worker (and bounds how late a page starts again), schedule-to-close counts
 * the time in the queue and is therefore long: a backlog of hours must not kill pages.
 *
 * None has maximumAttempts: it would count "busy" and worker restarts too. `withinBudget` of the
 * activities counts real failures instead. Queues come from the workflow's input.
 */

const backoff = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const

// Always named: left out, SDK 1.24.0 sends TRY_CANCEL although its comment promises to wait.
const cancellationType = 'TRY_CANCEL'

const common = {
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '24h',
  cancellationType,
  retry: backoff,
} as const satisfies ActivityOptions

// A short step that others wait for goes ahead of every page.
const first = { priority: { priorityKey: 1 } } as const satisfies ActivityOptions

/** `fetchDocument`: 60 s for the stranger's server; the rest is for the store. */
export const fetch: ActivityOptions = {
  ...common,
  ...first,
  summary: 'fetch the file',
  startToCloseTimeout: '90s',
  scheduleToCloseTimeout: '30m',
}

/**
 * `inspectDocument`: the child may take 20 s, three times that on a host that is busy; the rest is for
 * fetching the file.
 */
export const inspect: ActivityOptions = {
  ...common,
  ...first,
  summary: 'count and measure the pages',
  startToCloseTimeout: '90s',
  scheduleToCloseTimeout: '6h',
}

/** `rasterizePages`: 25 pages, two tries of 45 s each, three times that on a host that is busy. */
export const rasterize: ActivityOptions = { ...common, startToCloseTimeout: '2h' }

/** `recognizePage` in a child on this host: two tries of 120 s, three times that on a busy host. */
export const cpuPage: ActivityOptions = { ...common, startToCloseTimeout: '15m' }

/** `recognizePage` on a model server: 300 s in line for it, 300 s for the request and a margin. */
export const serverPage: ActivityOptions = { ...common, startToCloseTimeout: '630s' }

/** `assembleDocument`. */
export const assemble: ActivityOptions = {
  ...common,
  ...first,
  summary: 'write results and manifest',
  startToCloseTimeout: '120s',
  heartbeatTimeout: '15s',
  scheduleToCloseTimeout: '6h',
}

/** `assembleDocument` after a cancel or a failure: finite, or a cancelled run would hang. */
export const ending: ActivityOptions = {
  ...assemble,
  summary: 'write what there is, and the manifest',
  scheduleToCloseTimeout: '10m',
}

/** `readDocumentEnd`: one question to Temporal; the activity says when to ask again. */
export const documentEnd: ActivityOptions = {
  ...first,
  summary: 'wait for the end of the document',
  startToCloseTimeout: '10s',
  cancellationType,
  retry: backoff,
}

/**
 * `deliverWebhook`: 10 s for the stranger's server, 30 s at most; the rest is for the store. The next
 * try is timed by the activity, and the whole by the event.
 */
export const webhook: ActivityOptions = {
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  // A receiver is told one message at a time: the next try waits until the one before has ended.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { ...backoff, initialInterval: '5s', maximumInterval: '1h' },
}

type Priority = NonNullable<ActivityOptions['priority']>

/** Whose turn it is; empty in runs started before there were turns. */
export type Fairness = Pick<Priority, 'fairnessKey'>

/** The turn of a document. */
export function fairnessOf({ fairnessKey }: Fairness): Fairness {
  return fairnessKey === undefined ? {} : { fairnessKey }
}

/**
 * `sweepStore`: a step takes a minute, and the time for the documents that it has in hand then. Behind
 * every page: nobody waits for it.
 */
export const sweep: ActivityOptions = {
  ...common,
  priority: { priorityKey: 5 },
  summary: 'remove what is over',
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '6h',
}

/**
 * Priority of a page (1 is first, 5 last, 3 the default): short documents go ahead of long ones.
 * Used as soon as the page count is known.
 */
export function pagePriority(selectedPages: number, fairness: Fairness): Priority {
  return { priorityKey: selectedPages <= 5 ? 2 : 4, ...fairness }
}

/** A policy whose activities take turns with those of others, where the server has fairness. */
export function inTurn(policy: ActivityOptions, fairness: Fairness): ActivityOptions {
  return { ...policy, priority: { ...policy.priority, ...fairness } }
}
