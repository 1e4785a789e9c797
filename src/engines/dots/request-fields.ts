import type { LadderStep } from '../../contract/engines.ts'

/** Fields of a request's body that decide how the model samples. */
export type SamplingFields = Readonly<Record<string, number>>

// What dots.ocr's own parser asks with. Without a seed: vLLM's answers depend on what else is in the
// batch anyway, and a generator for each request slows all of them down.
const DEFAULT_SAMPLING: SamplingFields = { temperature: 0.1, top_p: 1 }
// A loop or a broken answer is left by another path: warmer, and dearer to repeat. A higher penalty
// would hurt the JSON, which repeats its keys by nature.
const OTHER_SAMPLING: SamplingFields = {
  temperature: 0.3,
  top_p: 1,
  repetition_penalty: 1.05,
  seed: 1,
}

/** How the requests of a step are sampled. */
export const SAMPLING: Readonly<Record<LadderStep, SamplingFields>> = {
  default: DEFAULT_SAMPLING,
  resample: OTHER_SAMPLING,
  regions: DEFAULT_SAMPLING,
  'plain-text': DEFAULT_SAMPLING,
}
