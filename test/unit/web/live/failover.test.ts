import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { openFailover } from '../../../../web/src/live/failover.ts'
import type { LiveEvent } from '../../../../web/src/live/live-source.ts'
import type { Connection } from '../../../../web/src/model.ts'
import { documentView, scriptedTransport } from '../../../support/web-documents.ts'

function opened(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const socket = scriptedTransport('websocket')
  const sse = scriptedTransport('sse')
  const polling = scriptedTransport('polling')
  const connections: Connection[] = []
  const events: LiveEvent[] = []
  const failover = openFailover([socket, sse, polling], {
    onEvent: (event) => events.push(event),
    onConnection: (connection) => connections.push(connection),
    random: () => 1,
  })
  const tick = (durationMs: number): void => t.mock.timers.tick(durationMs)
  return { failover, socket, sse, polling, connections, events, tick }
}

/** Brings it to polling, which works. */
function polled(t: TestContext) {
  const all = opened(t)
  for (const transport of [all.socket, all.sse]) {
    transport.latest().listener.onDown()
    all.tick(1_000)
    transport.latest().listener.onDown()
  }
  all.polling.latest().listener.onUp()
  return all
}

const EVENT: LiveEvent = { kind: 'document', document: documentView() }

describe('failover', () => {
  it('uses the best transport and hands it what is followed', (t) => {
    const { failover, socket, sse, connections, events } = opened(t)

    failover.follow(new Set(['a']))
    socket.latest().listener.onUp()
    socket.latest().listener.onEvent(EVENT)

    assert.deepEqual([...socket.latest().followed], ['a'])
    assert.deepEqual(connections, ['live'])
    assert.deepEqual(events, [EVENT])
    assert.equal(sse.opened.length, 0)
  })

  it('takes the next transport when one could not be opened twice', (t) => {
    const { failover, socket, sse, tick, connections } = opened(t)
    failover.follow(new Set(['a']))

    socket.latest().listener.onDown()
    assert.equal(socket.opened.length, 1)
    tick(500)
    assert.equal(socket.opened.length, 2)
    socket.latest().listener.onDown()

    assert.deepEqual([...sse.latest().followed], ['a'])
    assert.ok(socket.opened.every(({ isClosed }) => isClosed))
    sse.latest().listener.onUp()
    assert.deepEqual(connections, ['connecting', 'live'])
  })

  it('leaves a transport that opens and dies within seconds, again and again', (t) => {
    const { socket, sse, tick } = opened(t)

    for (let round = 0; round < 2; round++) {
      socket.latest().listener.onUp()
      tick(3_000)
      socket.latest().listener.onDown()
      tick(1_000)
    }

    assert.equal(sse.opened.length, 1)
  })

  it('stays with a transport that dies now and then', (t) => {
    const { socket, sse, tick } = opened(t)

    for (let round = 0; round < 5; round++) {
      socket.latest().listener.onUp()
      tick(20_000)
      socket.latest().listener.onDown()
      tick(500)
    }

    assert.deepEqual([socket.opened.length, sse.opened.length], [6, 0])
  })

  it('says that nothing answers, and keeps trying from the best one, ever less often', (t) => {
    const { socket, sse, polling, connections, tick } = opened(t)
    const failAll = (): void => {
      for (const transport of [socket, sse, polling]) transport.latest().listener.onDown()
    }
    socket.latest().listener.onDown()
    tick(500)
    socket.latest().listener.onDown()
    sse.latest().listener.onDown()
    tick(1_000)
    sse.latest().listener.onDown()
    polling.latest().listener.onDown()
    assert.equal(connections.at(-1), 'offline')

    for (const pauseMs of [2_000, 4_000, 8_000, 15_000, 15_000]) {
      const tries = socket.opened.length
      tick(pauseMs - 1)
      assert.equal(socket.opened.length, tries)
      tick(1)
      assert.equal(socket.opened.length, tries + 1)
      failAll()
    }

    assert.deepEqual(connections, ['connecting', 'connecting', ...Array(6).fill('offline')])
  })

  it('tries at once when the network is back', (t) => {
    const { failover, socket, sse, polling, connections, tick } = opened(t)
    socket.latest().listener.onDown()
    tick(500)
    socket.latest().listener.onDown()
    sse.latest().listener.onDown()
    tick(1_000)
    sse.latest().listener.onDown()
    polling.latest().listener.onDown()

    failover.wake()
    socket.latest().listener.onUp()

    assert.equal(socket.opened.length, 3)
    assert.deepEqual(connections.slice(-2), ['offline', 'live'])
  })

  it('goes back to a better transport once that works, without a gap', (t) => {
    const { failover, socket, polling, connections, tick } = polled(t)
    failover.follow(new Set(['a']))

    tick(60_000)
    assert.equal(polling.latest().isClosed, false)
    assert.deepEqual([...socket.latest().followed], ['a'])
    socket.latest().listener.onUp()

    assert.equal(polling.latest().isClosed, true)
    assert.deepEqual(connections.slice(-2), ['polling', 'live'])
  })

  it('stays where it is while better transports do not work, and tries each of them', (t) => {
    const { socket, sse, polling, tick } = polled(t)
    const before = [socket.opened.length, sse.opened.length]

    tick(60_000)
    socket.latest().listener.onDown()
    tick(60_000)
    sse.latest().listener.onDown()

    assert.deepEqual(
      [socket.opened.length, sse.opened.length],
      before.map((count) => count + 1),
    )
    assert.equal(polling.latest().isClosed, false)
  })

  it('tries a better transport at once when somebody looks again', (t) => {
    const { failover, socket } = polled(t)
    const before = socket.opened.length

    failover.wake()
    failover.wake()

    assert.equal(socket.opened.length, before + 1)
  })

  it('opens anew what may have died without a word', (t) => {
    const { failover, socket } = opened(t)
    failover.follow(new Set(['a']))
    socket.latest().listener.onUp()

    failover.reopen()

    assert.deepEqual(
      socket.opened.map(({ isClosed }) => isClosed),
      [true, false],
    )
    assert.deepEqual([...socket.latest().followed], ['a'])
  })

  it('tells nothing any more of a transport that it has left, or once it is closed', (t) => {
    const { failover, socket, events, connections, tick } = opened(t)
    const { listener } = socket.latest()
    listener.onUp()
    failover.close()

    listener.onEvent(EVENT)
    listener.onDown()
    tick(120_000)

    assert.deepEqual(events, [])
    assert.deepEqual(connections, ['live'])
    assert.deepEqual(
      socket.opened.map(({ isClosed }) => isClosed),
      [true],
    )
  })
})
