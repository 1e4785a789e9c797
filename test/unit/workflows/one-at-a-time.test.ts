import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOneAtATime } from '../../../src/workflows/one-at-a-time.ts'

describe('createOneAtATime', () => {
  it('starts the next only when the one before has ended, failed or not', async () => {
    const oneAtATime = createOneAtATime()
    const events: string[] = []
    const work = (name: string, isFailing: boolean) => async () => {
      events.push(`start ${name}`)
      await Promise.resolve()
      events.push(`end ${name}`)
      if (isFailing) throw new Error(name)
      return name
    }

    const all = await Promise.allSettled([
      oneAtATime(work('a', false)),
      oneAtATime(work('b', true)),
      oneAtATime(work('c', false)),
    ])

    assert.deepEqual(events, ['start a', 'end a', 'start b', 'end b', 'start c', 'end c'])
    assert.deepEqual(
      all.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
  })
})
