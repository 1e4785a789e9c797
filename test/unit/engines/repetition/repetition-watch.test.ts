import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RepetitionWatch } from '../../../../src/engines/repetition/repetition-watch.ts'
import {
  HONEST_PAGES,
  LOOPS,
  randomText,
  sentence,
  times,
  type RandomText,
} from '../../../support/repeated-texts.ts'

const LENGTH = 30_000
const CUT_BEFORE = 12_000

describe('RepetitionWatch', () => {
  it('cuts 99 of 100 loops before 12,000 characters', () => {
    const cases = spread(LOOPS, 100)

    const missed = cases.filter(({ make, random }) => {
      const { text } = loopingPage(make(random), random)
      return cutAt(text, random) > CUT_BEFORE
    })

    assert.ok(missed.length <= 1, `missed: ${missed.map(({ name }) => name).join(', ')}`)
  })

  it('lets 199 of 200 honest pages pass', () => {
    const cases = spread(HONEST_PAGES, 200)

    const alarms = cases.filter(({ make, random }) => cutAt(make(random), random) < Infinity)

    assert.ok(alarms.length <= 1, `false alarms: ${alarms.map(({ name }) => name).join(', ')}`)
  })

  for (const [what, cell] of [
    ['empty cells', '<td></td>'],
    ['zeros', '<td>0.00</td>'],
  ] as const) {
    it(`lets a form of 60 rows and 20 columns of ${what} pass`, () => {
      const watch = new RepetitionWatch()

      const form = `<table>${`<tr>${cell.repeat(20)}</tr>`.repeat(60)}</table>`

      assert.equal(watch.add(form), false)
      assert.equal(watch.keptLength, form.length)
    })
  }

  it('keeps what stands before the loop and its first round', () => {
    const watch = new RepetitionWatch()
    const before = 'What stands on the page.\n'
    const round = 'It goes on and on without an end.\n'

    watch.add(before)
    const isLoop = watch.add(round.repeat(500))

    assert.equal(isLoop, true)
    const keptRounds = (watch.keptLength - before.length) / round.length
    assert.ok(keptRounds > 0.9 && keptRounds <= 1.1, `kept ${keptRounds} rounds`)
  })

  it('keeps at most one round and a bit of any loop', () => {
    for (const { name, make, random } of spread(LOOPS, 50)) {
      const { text, lengthBefore, roundLength } = loopingPage(make(random), random)
      const watch = new RepetitionWatch()

      watch.add(text)

      assert.ok(watch.keptLength >= lengthBefore - roundLength, `${name}: cut what was honest`)
      assert.ok(watch.keptLength <= lengthBefore + 12 * roundLength + 20, `${name}: kept too much`)
    }
  })

  it('stays with its verdict', () => {
    const watch = new RepetitionWatch()
    watch.add('the '.repeat(2_000))
    const kept = watch.keptLength

    assert.equal(watch.add('And now for something else.'), true)
    assert.equal(watch.keptLength, kept)
  })

  it('judges the same however the text is cut', () => {
    const random = randomText(7)
    const { text } = loopingPage(() => 'Nothing new under the sun. ', random)
    const whole = new RepetitionWatch()
    whole.add(text)

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (size) => {
        const watch = new RepetitionWatch()

        for (let start = 0; start < text.length; start += size) {
          watch.add(text.slice(start, start + size))
        }

        assert.equal(watch.keptLength, whole.keptLength)
      }),
      { numRuns: 20 },
    )
  })
})

type Case<T> = { readonly name: string; readonly make: T; readonly random: RandomText }

function spread<T>(makers: Record<string, T>, count: number): Case<T>[] {
  const entries = Object.entries(makers)
  return Array.from({ length: count }, (_, seed) => {
    const [name, make] = entries[seed % entries.length] ?? ['', undefined]
    assert.ok(make !== undefined)
    return { name, make, random: randomText(seed) }
  })
}

function loopingPage(round: (number: number) => string, random: RandomText) {
  const before = times(random.below(25), () => `${sentence(random, 80)}\n`)
  let text = before
  for (let number = 1; text.length < LENGTH; number += 1) text += round(number)
  return { text, lengthBefore: before.length, roundLength: round(1).length }
}

/** Characters that a model had written when it was stopped. */
function cutAt(text: string, random: RandomText): number {
  const watch = new RepetitionWatch()
  for (let start = 0; start < text.length;) {
    const piece = text.slice(start, start + 1 + random.below(40))
    start += piece.length
    if (watch.add(piece)) return start
  }
  return Infinity
}
