import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Slots } from '../../../src/engines/slots.ts'

const signal = new AbortController().signal

describe('Slots', () => {
  it('lets as many work at once as there are slots', async () => {
    const slots = new Slots(2)
    let working = 0
    let most = 0
    const work = async () => {
      working += 1
      most = Math.max(most, working)
      await new Promise((resolve) => setImmediate(resolve))
      working -= 1
    }

    await Promise.all(Array.from({ length: 7 }, () => slots.use(signal, work)))

    assert.equal(most, 2)
  })

  it('gives the slot on when work fails', async () => {
    const slots = new Slots(1)

    await assert.rejects(slots.use(signal, () => Promise.reject(new Error('failed'))))

    assert.equal(await slots.use(signal, () => Promise.resolve('next')), 'next')
  })

  it('stops waiting when the signal fires, without losing a slot', async () => {
    const slots = new Slots(1)
    const controller = new AbortController()
    const first = Promise.withResolvers<void>()
    const working = slots.use(signal, () => first.promise)
    const waiting = slots.use(controller.signal, () => Promise.resolve())
    const reason = new Error('enough')

    controller.abort(reason)

    await assert.rejects(waiting, reason)
    first.resolve()
    await working
    assert.equal(await slots.use(signal, () => Promise.resolve('free')), 'free')
  })
})
