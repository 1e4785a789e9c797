import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PageAsk } from '../../../src/contract/document.ts'
import { ENGINES } from '../../../src/contract/engines.ts'
import type { FailureCode } from '../../../src/contract/failures.ts'
import { afterFailure, firstAsk, type Ladder } from '../../../src/workflows/page-ladder.ts'

const DOTS: Ladder = { steps: ENGINES.dots.ladder, fallback: 'paddle' }
const ALONE: Ladder = { steps: ENGINES.llm.ladder, fallback: null }

/** Steps of a page that always fails in the same way, and how it ends. */
function walk(ladder: Ladder, code: FailureCode): string[] {
  const steps: string[] = []
  let ask: PageAsk | FailureCode = firstAsk(ladder)
  while (typeof ask !== 'string') {
    steps.push(ask.fallback ?? (ask.pixelShare === 1 ? ask.step : `${ask.step} ${ask.pixelShare}`))
    ask = afterFailure(ladder, ask, code)
  }
  return [...steps, ask]
}

describe('afterFailure', () => {
  for (const code of [
    'ENGINE_OUTPUT_INVALID',
    'ENGINE_OUTPUT_TRUNCATED',
    'ENGINE_OUTPUT_REPEATS',
    'SUSPECT_OUTPUT',
  ] as const)
    it(`goes down the whole ladder and to the fallback engine for ${code}`, () => {
      const steps = ['default', 'resample', 'regions', 'plain-text', 'paddle']

      assert.deepEqual(walk(DOTS, code), [...steps, code])
      assert.deepEqual(walk(ALONE, code), ['default', 'resample', code])
    })

  it('gives a refused page to the fallback engine at once', () => {
    assert.deepEqual(walk(DOTS, 'ENGINE_REFUSED'), ['default', 'paddle', 'ENGINE_REFUSED'])
    assert.deepEqual(walk(ALONE, 'ENGINE_REFUSED'), ['default', 'ENGINE_REFUSED'])
  })

  it('sends a page that killed the engine twice to the fallback engine, never there again', () => {
    assert.deepEqual(walk(DOTS, 'ENGINE_DIED'), ['default', 'paddle', 'ENGINE_DIED'])
    assert.deepEqual(walk(ALONE, 'ENGINE_DIED'), ['default', 'TOO_COMPLEX'])
  })

  it('asks twice for half the pixels when the engine is out of memory', () => {
    const steps = ['default', 'default 0.5', 'default 0.25']

    assert.deepEqual(walk(DOTS, 'ENGINE_OUT_OF_MEMORY'), [...steps, 'TOO_COMPLEX'])
  })

  it('keeps the smaller size on the next step of the ladder', () => {
    const small: PageAsk = { step: 'default', pixelShare: 0.5, fallback: null }

    assert.deepEqual(afterFailure(DOTS, small, 'ENGINE_OUTPUT_REPEATS'), {
      ...small,
      step: 'resample',
    })
  })

  it('lets everything else be final', () => {
    for (const code of ['ENGINE_MISCONFIGURED', 'ENGINE_UNREACHABLE', 'PAGE_POISON'] as const)
      assert.deepEqual(walk(DOTS, code), ['default', code])
  })
})
