import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { TimeBudget } from '../../../../src/engines/dots/time-budget.ts'

const BUDGET_MS = 1_000

/** A budget with a clock that goes when it is told to, and work that ends when it is told to. */
function setUp({ mock: { timers } }: TestContext) {
  timers.enable({ apis: ['setTimeout'] })
  let nowMs = 0
  const budget = new TimeBudget(BUDGET_MS, () => nowMs)
  return {
    budget,
    pass: (ms: number): void => {
      nowMs += ms
      timers.tick(ms)
    },
    begin: (): (() => Promise<void>) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const work = budget.spend(() => promise)
      return async () => {
        resolve()
        await work
      }
    },
  }
}

describe('TimeBudget', () => {
  it('fires when work took all of its time', (t) => {
    const { budget, pass, begin } = setUp(t)
    begin()

    pass(BUDGET_MS - 1)
    assert.equal(budget.signal.aborted, false)

    pass(1)
    assert.equal(budget.signal.aborted, true)
  })

  it('does not pass while nothing is done, before the first work and between two', async (t) => {
    const { budget, pass, begin } = setUp(t)

    pass(5 * BUDGET_MS)
    const end = begin()
    pass(600)
    await end()
    pass(5 * BUDGET_MS)
    begin()
    pass(399)
    assert.equal(budget.signal.aborted, false)

    pass(1)
    assert.equal(budget.signal.aborted, true)
  })

  it('passes once for work that is done at the same time', async (t) => {
    const { budget, pass, begin } = setUp(t)
    const [first, second] = [begin(), begin()]

    pass(400)
    await first()
    pass(400)
    await second()
    begin()
    pass(199)
    assert.equal(budget.signal.aborted, false)

    pass(1)
    assert.equal(budget.signal.aborted, true)
  })

  it('gives back what the work gives, and passes on what it throws', async (t) => {
    const { budget, pass } = setUp(t)
    const failure = new Error('failed')

    assert.equal(await budget.spend(() => Promise.resolve(7)), 7)
    await assert.rejects(
      budget.spend(() => Promise.reject(failure)),
      failure,
    )

    pass(5 * BUDGET_MS)
    assert.equal(budget.signal.aborted, false)
  })
})
