import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { ProcessDocumentInput } from '../contract/document.ts'
import type { EngineClass } from '../contract/engines.ts'
import * as policy from './activity-policies.ts'

/** The activities of one document, each bound to its policy and to the queues of the input. */
export function activitiesFor(input: ProcessDocumentInput) {
  const cpu = { taskQueue: input.cpuQueue }
  const pageOn = (engineClass: EngineClass, taskQueue: string) =>
    proxyActivities<Activities>({
      ...(engineClass === 'cpu' ? policy.cpuPage : policy.serverPage),
      taskQueue,
    }).recognizePage
  const { fetchDocument } = proxyActivities<Activities>({ ...policy.fetch, ...cpu })
  const { inspectDocument } = proxyActivities<Activities>({ ...policy.inspect, ...cpu })
  const { rasterizePages } = proxyActivities<Activities>({ ...policy.rasterize, ...cpu })
  const recognizePage = pageOn(input.engineClass, input.engineQueue)
  const { fallback } = input
  const recognizeByFallback = fallback ? pageOn(fallback.engineClass, fallback.engineQueue) : null
  const { assembleDocument } = proxyActivities<Activities>({ ...policy.assemble, ...cpu })
  const ending = proxyActivities<Activities>({ ...policy.ending, ...cpu })
  return {
    fetchDocument,
    inspectDocument,
    rasterizePages,
    recognizePage,
    recognizeByFallback,
    assembleDocument,
    ending,
  }
}
