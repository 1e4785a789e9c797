import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { OcrError } from '../../../../src/platform/errors.ts'
import { StatusCache } from '../../../../src/api/gateway/status-cache.ts'
import { ID, statusWith } from '../../../support/gateway-fixtures.ts'

describe('StatusCache', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: 1_000_000 }))
  afterEach(() => mock.timers.reset())

  it('loads once for all who ask at once, and again after a second', async () => {
    let loads = 0
    const cache = new StatusCache(async () => {
      await Promise.resolve()
      return statusWith({ progress: { donePages: ++loads } })
    })

    const answers = await Promise.all(Array.from({ length: 50 }, () => cache.get(ID)))
    mock.timers.tick(999)
    await cache.get(ID)
    assert.equal(loads, 1)
    assert.ok(answers.every((status) => status?.progress.donePages === 1))

    mock.timers.tick(1)
    assert.equal((await cache.get(ID))?.progress.donePages, 2)
  })

  it('keeps an end for a minute and an unknown id for a second', async () => {
    let loads = 0
    const ended = new StatusCache(() => {
      loads++
      return Promise.resolve(statusWith({ state: 'completed' }))
    })
    const unknown = new StatusCache(() => {
      loads++
      return Promise.resolve(null)
    })

    await ended.get(ID)
    mock.timers.tick(59_000)
    await ended.get(ID)
    assert.equal(loads, 1)

    assert.equal(await unknown.get(ID), null)
    mock.timers.tick(500)
    assert.equal(await unknown.get(ID), null)
    assert.equal(loads, 2)
    mock.timers.tick(500)
    assert.equal(await unknown.get(ID), null)
    assert.equal(loads, 3)
  })

  it('answers the last known status in an outage, and the outage without one', async () => {
    let isDown = true
    const cache = new StatusCache(() =>
      isDown
        ? Promise.reject(new OcrError('SERVICE_UNAVAILABLE', 'down'))
        : Promise.resolve(statusWith({ progress: { donePages: 7 } })),
    )

    await assert.rejects(cache.get(ID), { code: 'SERVICE_UNAVAILABLE' })
    isDown = false
    await cache.get(ID)
    isDown = true
    mock.timers.tick(60_000)

    assert.equal((await cache.get(ID))?.progress.donePages, 7)
    await assert.rejects(cache.reload(ID), { code: 'SERVICE_UNAVAILABLE' })
  })

  it('never takes an unknown id for a last known status', async () => {
    let isDown = false
    const cache = new StatusCache(() =>
      isDown ? Promise.reject(new OcrError('STORAGE_UNAVAILABLE', 'down')) : Promise.resolve(null),
    )

    await cache.get(ID)
    isDown = true
    mock.timers.tick(1000)

    await assert.rejects(cache.get(ID), { code: 'STORAGE_UNAVAILABLE' })
  })

  it('does not cover up bugs', async () => {
    let isBroken = false
    const cache = new StatusCache(() =>
      isBroken ? Promise.reject(new TypeError('bug')) : Promise.resolve(statusWith({})),
    )

    await cache.get(ID)
    isBroken = true
    mock.timers.tick(1000)

    await assert.rejects(cache.get(ID), TypeError)
  })

  it('does not keep what was being read when it was told to forget', async () => {
    const gates: ((donePages: number) => void)[] = []
    const cache = new StatusCache(
      () =>
        new Promise((resolve) => {
          gates.push((donePages) => resolve(statusWith({ progress: { donePages } })))
        }),
    )

    const before = cache.get(ID)
    cache.forget(ID)
    const after = cache.get(ID)
    gates[1]?.(2)
    await after
    gates[0]?.(1)
    await before

    assert.equal((await cache.get(ID))?.progress.donePages, 2)
  })
})
