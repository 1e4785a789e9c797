import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import type { WorkflowRun } from '../activities/sweep/sweep-dependencies.ts'
import type { DocumentId } from '../contract/identifiers.ts'
import { workflowIdFor } from '../contract/names.ts'
import { OcrError } from '../platform/errors.ts'

const CALL_DEADLINE_MS = 5_000

/** Finds the last run of a document; see `SweepDependencies.findRun`. */
export function createRunFinder(
  client: Client,
): (documentId: DocumentId) => Promise<WorkflowRun | null> {
  return async (documentId) => {
    try {
      const { status, closeTime } = await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.workflow.getHandle(workflowIdFor(documentId)).describe(),
      )
      // Of a run that went on as a new one, Temporal tells of the new one.
      const isRunning = !ENDED.includes(status.name)
      return { isRunning, closedAtMs: isRunning ? null : (closeTime?.getTime() ?? null) }
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null
      throw new OcrError('SERVICE_UNAVAILABLE', 'Cannot describe a document: no answer', {
        cause: error,
      })
    }
  }
}

/** Everything else may still write: what is not known counts as running. */
const ENDED: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']
