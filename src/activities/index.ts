import type { PageOutcome, RecognizeInput } from '../contract/document.ts'
import { assembleDocument } from './assemble-document.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { fetchDocument } from './fetch-document.ts'
import { inspectDocument } from './inspect-document.ts'
import { rasterizePages } from './rasterize-pages.ts'
import { recognizePage } from './recognize-page.ts'
import { withinBudget } from './activity-boundary.ts'

/**
 * Everything a workflow can ask for, bound to what it needs. Each takes one object and answers one;
 * each may run again at any moment and then does no more than what is missing.
 */
export function createActivities(deps: ActivityDependencies) {
  const activity =
    <Input, Output>(
      work: (deps: ActivityDependencies, input: Input, signal: AbortSignal) => Promise<Output>,
    ) =>
    (input: Input): Promise<Output> =>
      withinBudget(({ signal }) => work(deps, input, signal))
  return {
    fetchDocument: activity(fetchDocument),
    inspectDocument: activity(inspectDocument),
    rasterizePages: activity(rasterizePages),
    recognizePage: (input: RecognizeInput): Promise<PageOutcome> =>
      withinBudget((attempt) => recognizePage(deps, input, attempt), {
        engineDeaths: input.spent?.engineDeaths,
        maxRetries: input.maxRetries,
      }),
    assembleDocument: activity(assembleDocument),
  }
}

/** Type of the activities; all that workflows may import from here. */
export type Activities = ReturnType<typeof createActivities>
