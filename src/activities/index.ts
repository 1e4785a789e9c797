import { activityInfo, cancellationSignal, getClient } from '@temporalio/activity'
import type { Manifest, PageOutcome, RecognizeInput } from '../contract/document.ts'
import type { EngineId } from '../contract/engines.ts'
import type {
  DeliverWebhookInput,
  DeliverWebhookResult,
  ReadDocumentEndInput,
  WebhookEvent,
} from '../contract/webhooks.ts'
import { manifestKey } from '../storage/object-keys.ts'
import { readJson } from '../storage/read-blob.ts'
import { assembleDocument } from './assemble-document.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import type { AttemptFailure } from './activity-boundary.ts'
import { deliverWebhook } from './deliver-webhook.ts'
import { fetchDocument } from './fetch-document.ts'
import { inspectDocument } from './inspect-document.ts'
import { rasterizePages } from './rasterize-pages.ts'
import { recognizePage } from './recognize-page.ts'
import { withinBudget } from './activity-boundary.ts'
import { readDocumentEnd, type DescribeRun } from './webhooks/read-document-end.ts'

/** Of one question to Temporal. */
const QUESTION_MS = 5_000

/**
 * Everything a workflow can ask for, bound to what it needs. Each takes one object and answers one;
 * each may run again at any moment and then does no more than what is missing.
 */
export function createActivities(deps: ActivityDependencies) {
  const counted =
    (activity: string, engine: EngineId | null = null) =>
    (failure: AttemptFailure): void =>
      deps.metrics?.attemptFailed({ activity, engine, ...failure })
  const activity =
    <Input, Output>(
      name: string,
      work: (deps: ActivityDependencies, input: Input, signal: AbortSignal) => Promise<Output>,
    ) =>
    (input: Input): Promise<Output> =>
      withinBudget(({ signal }) => work(deps, input, signal), { onFailure: counted(name) })
  return {
    fetchDocument: activity('fetchDocument', fetchDocument),
    inspectDocument: activity('inspectDocument', inspectDocument),
    rasterizePages: activity('rasterizePages', rasterizePages),
    recognizePage: (input: RecognizeInput): Promise<PageOutcome> =>
      withinBudget((attempt) => recognizePage(deps, input, attempt), {
        engineDeaths: input.spent?.engineDeaths,
        maxRetries: input.maxRetries,
        onFailure: counted('recognizePage', input.ask?.fallback ?? input.engine),
      }),
    assembleDocument: activity('assembleDocument', assembleDocument),
    readDocumentEnd: (input: ReadDocumentEndInput): Promise<WebhookEvent | null> =>
      readDocumentEnd(input, {
        describe: describeRun,
        manifest: (documentId) => readJson<Manifest>(deps.store, manifestKey(documentId)),
        attempt: activityInfo().attempt,
      }),
    deliverWebhook: (input: DeliverWebhookInput): Promise<DeliverWebhookResult> =>
      deliverWebhook(deps, input, {
        attempt: activityInfo().attempt,
        signal: cancellationSignal(),
      }),
  }
}

const describeRun: DescribeRun = (workflowId) => {
  const client = getClient()
  return client.withDeadline(Date.now() + QUESTION_MS, () =>
    client.workflow.getHandle(workflowId).describe(),
  )
}

/** Type of the activities; all that workflows may import from here. */
export type Activities = ReturnType<typeof createActivities>
