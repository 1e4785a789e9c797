import { proxyActivities, type ActivityOptions } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { ProcessDocumentInput } from '../contract/document.ts'
import type { EngineClass } from '../contract/engines.ts'
import * as policy from './activity-policies.ts'

/** The activities of one document, each bound to its policy and to the queues of the input. */
export function activitiesFor(input: ProcessDocumentInput) {
  const fairness = policy.fairnessOf(input)
  const onCpu = (options: ActivityOptions): ActivityOptions => ({
    ...policy.inTurn(options, fairness),
    taskQueue: input.cpuQueue,
  })
  const pageOn = (engineClass: EngineClass, taskQueue: string) =>
    proxyActivities<Activities>({
      ...policy.inTurn(engineClass === 'cpu' ? policy.cpuPage : policy.serverPage, fairness),
      taskQueue,
    }).recognizePage
  const { fetchDocument } = proxyActivities<Activities>(onCpu(policy.fetch))
  const { inspectDocument } = proxyActivities<Activities>(onCpu(policy.inspect))
  const { rasterizePages } = proxyActivities<Activities>(onCpu(policy.rasterize))
  const recognizePage = pageOn(input.engineClass, input.engineQueue)
  const { fallback } = input
  const recognizeByFallback = fallback ? pageOn(fallback.engineClass, fallback.engineQueue) : null
  const { assembleDocument } = proxyActivities<Activities>(onCpu(policy.assemble))
  const ending = proxyActivities<Activities>(onCpu(policy.ending))
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
