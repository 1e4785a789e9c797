import type { PageAsk } from '../contract/document.ts'
import type { EngineId, LadderStep } from '../contract/engines.ts'
import { FAILURES, type FailureCode } from '../contract/failures.ts'

/** What a page can be given up to. */
export type Ladder = {
  /** In order; the first is the engine's default. */
  readonly steps: readonly LadderStep[]
  readonly fallback: EngineId | null
}

/** How a page is asked for first. */
export function firstAsk({ steps }: Ladder): PageAsk {
  return { step: steps[0] ?? 'default', pixelShare: 1, fallback: null }
}

/**
 * What to do after a step failed: another one, or the code that the page fails with.
 *
 * Nonsense goes one step down the ladder and at its end to the fallback engine. A refusal goes there
 * at once, as does a page at which the engine died twice: it never goes to that engine again. Out of
 * memory is asked again in half the pixels, twice. Everything else is final.
 */
export function afterFailure(
  ladder: Ladder,
  ask: PageAsk,
  code: FailureCode,
): PageAsk | FailureCode {
  if (ask.fallback !== null) return code
  if (code === 'ENGINE_OUT_OF_MEMORY') {
    const pixelShare = HALF[ask.pixelShare]
    return pixelShare === null ? 'TOO_COMPLEX' : { ...ask, pixelShare }
  }
  if (code === 'ENGINE_DIED') return replaced(ladder, ask, 'TOO_COMPLEX')
  // What is nonsense beside that is a refusal, and an answer that another step may do better.
  if (FAILURES[code].kind !== 'nonsense') return code
  const step = ladder.steps[ladder.steps.indexOf(ask.step) + 1]
  const isFinal = code === 'ENGINE_REFUSED' || step === undefined
  return isFinal ? replaced(ladder, ask, code) : { ...ask, step }
}

const HALF: Record<PageAsk['pixelShare'], PageAsk['pixelShare'] | null> = {
  1: 0.5,
  0.5: 0.25,
  0.25: null,
}

function replaced({ fallback }: Ladder, ask: PageAsk, code: FailureCode): PageAsk | FailureCode {
  return fallback === null ? code : { ...ask, fallback }
}
