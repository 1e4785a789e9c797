import type { LadderStep } from '../../contract/engines.ts'
import { MARKDOWN_PROMPT } from './prompts.ts'

/** How a step asks for a page. */
export type StepRequest = {
  readonly prompt: string
  /** Top-level fields of the body; `max_tokens` comes with the image. */
  readonly fields: Readonly<Record<string, unknown>>
}

// `<td>` and `</td>`: an empty form repeats them at will.
const CELL_TOKEN_IDS = [128_821, 128_822]

/**
 * What is sent for a step of the ladder; all but the first are asked alike. The windows against loops
 * are the model's own: 30 of 90 tokens for a single image, 20 of 50 when that was not enough.
 */
export function requestOf(step: LadderStep): StepRequest {
  return {
    prompt: MARKDOWN_PROMPT,
    fields: {
      ...(step === 'default'
        ? { temperature: 0, vllm_xargs: loopGuard(30, 90) }
        : { temperature: 0.3, seed: 2, vllm_xargs: loopGuard(20, 50) }),
      // The tags around places are special tokens.
      skip_special_tokens: false,
    },
  }
}

function loopGuard(ngramTokens: number, windowTokens: number) {
  return {
    ngram_size: ngramTokens,
    window_size: windowTokens,
    whitelist_token_ids: CELL_TOKEN_IDS,
  }
}
