import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unlessAborted } from '../../../../src/engines/model-server/unless-aborted.ts'

describe('unlessAborted', () => {
  it('has the value of the work, or what it throws', async () => {
    const { signal } = new AbortController()

    assert.equal(await unlessAborted(Promise.resolve(7), signal), 7)
    await assert.rejects(unlessAborted(Promise.reject(new Error('broken')), signal), /broken/)
  })

  it('leaves at once when the signal fires, while the work goes on', async () => {
    const controller = new AbortController()
    const work = Promise.withResolvers<number>()
    const waiting = unlessAborted(work.promise, controller.signal)
    const reason = new Error('cancelled')

    controller.abort(reason)

    await assert.rejects(waiting, reason)
    await assert.rejects(unlessAborted(work.promise, controller.signal), reason)
    work.resolve(7)
    assert.equal(await work.promise, 7)
  })
})
