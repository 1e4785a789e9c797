import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createPollingTransport } from '../../../../web/src/live/polling-transport.ts'
import { ApiError, type DocumentView } from '../../../../web/src/model.ts'
import { documentView, settled } from '../../../support/web-documents.ts'

function poll(t: TestContext, isHidden = false) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const service = {
    listed: [] as readonly DocumentView[],
    error: null as Error | null,
    isSilent: false,
    lists: 0,
    asked: [] as string[],
  }
  const told: string[] = []
  const connection = createPollingTransport({
    list() {
      service.lists += 1
      if (service.isSilent) return new Promise<never>(() => undefined)
      return service.error ? Promise.reject(service.error) : Promise.resolve(service.listed)
    },
    get(id) {
      service.asked.push(id)
      return Promise.resolve(id === 'gone' ? null : documentView({ id }))
    },
    isHidden: () => isHidden,
  }).open({
    onUp: () => told.push('up'),
    onDown: () => told.push('down'),
    onEvent: (event) => told.push(event.kind === 'document' ? event.document.id : event.kind),
  })
  const tick = async (durationMs: number): Promise<void> => {
    t.mock.timers.tick(durationMs)
    await settled()
  }
  return { connection, service, told, tick, [Symbol.dispose]: () => connection.close() }
}

const failing = (status: number): ApiError =>
  new ApiError({ code: 'X', message: '', requestId: null, status })

describe('polling', () => {
  it('tells of what is followed every 2 s, and at once after it was opened', async (t) => {
    using polling = poll(t)
    polling.service.listed = [documentView({ id: 'a' }), documentView({ id: 'other' })]
    polling.connection.follow(new Set(['a']))

    await polling.tick(1)
    await polling.tick(2_000)

    assert.deepEqual(polling.told, ['up', 'a', 'a'])
  })

  it('asks for what the list does not name, and says what is gone', async (t) => {
    using polling = poll(t)
    polling.connection.follow(new Set(['old', 'gone']))

    await polling.tick(1)

    assert.deepEqual(polling.told, ['up', 'old', 'removed'])
  })

  it('asks for four of many at a time, and for each of them in turn', async (t) => {
    using polling = poll(t)
    const ids = Array.from({ length: 10 }, (_, place) => `d${place}`)
    polling.service.listed = ids.map((id) => documentView({ id }))
    polling.connection.follow(new Set(ids))

    await polling.tick(1)
    const { length } = polling.service.asked
    for (let round = 0; round < 2; round++) await polling.tick(2_000)

    assert.equal(length, 4)
    assert.deepEqual(new Set(polling.service.asked), new Set(ids))
  })

  it('slows down while nothing runs or nobody looks, and hurries when something runs', async (t) => {
    using polling = poll(t)
    await polling.tick(1)

    await polling.tick(14_000)
    assert.equal(polling.service.lists, 1)
    polling.connection.follow(new Set(['a']))
    await polling.tick(2_000)

    assert.equal(polling.service.lists, 2)
  })

  it('is slow in the background', async (t) => {
    using polling = poll(t, true)
    polling.connection.follow(new Set(['a']))
    await polling.tick(1)

    await polling.tick(14_000)
    assert.equal(polling.service.lists, 1)
    await polling.tick(1_000)

    assert.equal(polling.service.lists, 2)
  })

  it('is down at once where nothing answers, and after two lost answers where something did', async (t) => {
    using polling = poll(t)
    await polling.tick(1)
    polling.connection.follow(new Set(['a']))

    polling.service.error = failing(0)
    await polling.tick(2_000)
    assert.equal(polling.told.includes('down'), false)
    await polling.tick(2_000)
    await polling.tick(60_000)

    assert.deepEqual(polling.told, ['up', 'down'])
  })

  it('asks for nothing while an answer is awaited, as when the service has it wait', async (t) => {
    using polling = poll(t)
    polling.service.isSilent = true
    await polling.tick(1)

    polling.connection.follow(new Set(['a']))
    for (let round = 0; round < 15; round++) await polling.tick(2_000)

    assert.deepEqual([polling.service.lists, polling.service.asked], [1, []])
  })

  it('is not down because it is refused', async (t) => {
    using polling = poll(t)
    polling.service.error = failing(401)

    await polling.tick(1)
    await polling.tick(15_000)

    assert.deepEqual(polling.told, ['up'])
  })

  it('says nothing once it was closed, not even of what it was asking', async (t) => {
    using polling = poll(t)
    polling.service.listed = [documentView()]
    polling.connection.follow(new Set(['a']))
    t.mock.timers.tick(1)

    polling.connection.close()
    await settled()

    assert.deepEqual(polling.told, [])
  })
})
